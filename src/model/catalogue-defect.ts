import type { CatalogueEntry } from './finding.ts';

/** VF9xxx: what vflane itself got wrong. */
export const defectFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF9000',
    severity: 'error',
    title: 'vflane has a defect',
    explanation:
      'Something happened that vflane takes to be impossible, so it stopped instead of guessing on. If it was applying a plan, the journal on the host knows how far it came: `vflane status` shows it, `vflane resume` and `vflane rollback` go on from there. Run the command again with VFLANE_DEBUG=1 and report what it prints.',
  },
];
