import { refuse } from './parse-datum.ts';
import type { OvsRow } from './state.ts';
import type { Transaction } from './transaction.ts';
import type { TableStyle } from './vsctl-print.ts';

/** One of the `--`-separated commands of an `ovs-vsctl`. */
export interface VsctlCall {
  readonly tx: Transaction;
  /** The command's name and its arguments. */
  readonly words: readonly string[];
  /** Options before the name, with their values ('' if they take none). */
  readonly options: ReadonlyMap<string, string>;
  readonly style: TableStyle;
}

export interface VsctlCommand {
  readonly min: number;
  readonly max: number;
  /** Names of its options. */
  readonly options?: readonly string[];
  /** Returns what it prints. */
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
