import type { CatalogueEntry } from './finding.ts';

/** VF2xxx: what a host has or lacks. */
export const hostFindings: readonly CatalogueEntry[] = [];
