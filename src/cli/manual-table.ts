import type { Verb, VerbOption } from './verb.ts';

/** The tables from which the manual is made, as the help is. */
export interface ManualTable {
  readonly verbs: readonly Verb[];
  /** Options that every verb takes. */
  readonly everywhere: readonly VerbOption[];
  readonly version: string;
}
