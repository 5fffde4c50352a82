import type { Verb } from './verb.ts';

/** Numbers, and the two promises: traffic outlives a port, and tenants cannot reach each other. */
export const measureVerbs: readonly Verb[] = [];
