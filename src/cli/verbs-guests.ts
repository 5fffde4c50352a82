import type { Verb } from './verb.ts';

/** Guests that are VMs, and what a host needs so that they come back with it. */
export const guestVerbs: readonly Verb[] = [];
