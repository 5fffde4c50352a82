import type { CatalogueEntry } from './finding.ts';

/** VF1xxx: what is wrong in the file. */
export const fileFindings: readonly CatalogueEntry[] = [];
