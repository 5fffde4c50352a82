import { refuse } from './parse-datum.ts';
import type { OvsRow } from './state.ts';
import type { Transaction } from './transaction.ts';
import type { TableStyle } from './vsctl-print.ts';

/** One of the commands of an `ovs-vsctl`, which `--` separates. */
export interface VsctlCall {
  readonly tx: Transaction;
  /** The command's name and its arguments. */
  readonly words: readonly string[];
  /** Options before the name, with their values ('' where they take none). */
  readonly options: ReadonlyMap<string, string>;
  readonly style: TableStyle;
}

export interface VsctlCommand {
  readonly min: number;
  readonly max: number;
  /** Options it knows. */
  readonly options?: readonly string[];
  /** What it prints. */
  readonly act: (call: VsctlCall) => string;
}

export type VsctlCommands = { readonly [name: string]: VsctlCommand };

export function argument(call: VsctlCall, n: number): string {
  return call.words[n] ?? '';
}

export function lines(words: readonly string[]): string {
  return words.map((word) => `${word}\n`).join('');
}

export function must(row: OvsRow | undefined, complaint: string): OvsRow {
  if (!row) throw refuse(complaint);
  return row;
}
