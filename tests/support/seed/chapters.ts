import { commonChapters } from './common.ts';
import { dpdkChapters } from './dpdk.ts';
import { legacyChapters } from './legacy.ts';
import type { Chapter } from './row.ts';
import { tcChapters } from './tc.ts';

/** Every command of the log that vflane grew from, by hand and three ways, in the order typed. */
export const chapters: readonly Chapter[] = [
  ...commonChapters.slice(0, -1),
  ...legacyChapters,
  ...dpdkChapters,
  ...tcChapters,
  ...commonChapters.slice(-1),
];
