import type { VerbHandler } from './context.ts';

/** A verb as help, completion and the manual know it. */
export interface Verb {
  /** `validate`, or `sim exec` for a verb of a group. */
  readonly name: string;
  readonly summary: string;
  readonly arguments: readonly VerbArgument[];
  readonly options: readonly VerbOption[];
  /** A command line that works in a folder with a fabric file; a test runs it. */
  readonly example: string;
  readonly hidden?: boolean;
  /** Its code is loaded only when needed. */
  readonly load: () => Promise<{ readonly run: VerbHandler }>;
}

export interface VerbArgument {
  /** `<code>` must be given, `[code]` may be, `<argv...>` is one or more. */
  readonly form: string;
  readonly summary: string;
  readonly choices?: readonly string[];
}

export interface VerbOption {
  /** `-o, --out <file>`. */
  readonly form: string;
  readonly summary: string;
  readonly choices?: readonly string[];
  readonly default?: string | boolean;
  /** May be repeated; the verb gets a list, empty by default. */
  readonly repeatable?: boolean;
}
