import type { Verb, VerbOption } from './verb.ts';

/** What the manual is made of: the same tables as the help. */
export interface ManualTable {
  readonly verbs: readonly Verb[];
  /** Options that every verb takes. */
  readonly everywhere: readonly VerbOption[];
  readonly version: string;
}
