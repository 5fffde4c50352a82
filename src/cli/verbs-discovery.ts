import type { Verb } from './verb.ts';

/** What a host has, why something does not work, and what its card's firmware says. */
export const discoveryVerbs: readonly Verb[] = [];
