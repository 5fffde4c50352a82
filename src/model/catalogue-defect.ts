import type { CatalogueEntry } from './finding.ts';

/** VF9xxx: defects of vflane, and wrong command lines. */
export const defectFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF9000',
    severity: 'error',
    title: 'vflane has a defect',
    explanation:
      'Something happened that vflane considers impossible, so it stopped instead of guessing. If it was applying a plan, the journal on the host records how far it got: `vflane status` shows it, `vflane resume` and `vflane rollback` go on from there. Run the command again with VFLANE_DEBUG=1 and report what it prints.',
  },
  {
    code: 'VF9001',
    severity: 'error',
    title: 'The command line cannot be carried out',
    explanation:
      'vflane does not know a verb, an option or its value, cannot read or write a file that the command names, or needs an answer and has no terminal to ask on. Nothing was done. `vflane help VERB` lists what a verb takes; the exit code is 64.',
  },
];
