import type { CatalogueEntry } from './finding.ts';

/** VF3xxx: what a plan would do. */
export const planFindings: readonly CatalogueEntry[] = [];
