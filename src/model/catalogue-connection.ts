import type { CatalogueEntry } from './finding.ts';

/** VF4xxx: how a host is reached. */
export const connectionFindings: readonly CatalogueEntry[] = [];
