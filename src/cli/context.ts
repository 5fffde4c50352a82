import type { ColorChoice, Output } from './output.ts';

/** What every verb is given. */
export interface VerbContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The operator's current directory. */
  readonly cwd: string;
  readonly output: Output;
  readonly global: GlobalOptions;
}

export interface GlobalOptions {
  /** `-f FILE`. */
  readonly file?: string;
  /** Every `--host NAME`; empty for all hosts. */
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
