import type { ColorChoice, Output } from './output.ts';

/** What every verb is given. */
export interface VerbContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the operator stands. */
  readonly cwd: string;
  readonly output: Output;
  readonly global: GlobalOptions;
}

export interface GlobalOptions {
  /** `-f FILE`. */
  readonly file?: string;
  /** `--host NAME`, each of them; empty for all. */
  readonly host: readonly string[];
  readonly json: boolean;
  readonly color: ColorChoice;
}

/** Options as commander names them: `--confirm-within` is `confirmWithin`. */
export type VerbOptions = Readonly<Record<string, unknown>>;

/** One verb: its arguments, its options → the exit code. */
export type VerbHandler = (
  context: VerbContext,
  args: readonly string[],
  options: VerbOptions,
) => Promise<number>;
