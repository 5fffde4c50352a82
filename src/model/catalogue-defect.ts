import type { CatalogueEntry } from './finding.ts';

/** VF9xxx: what vflane itself got wrong, or was asked wrongly. */
export const defectFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF9000',
    severity: 'error',
    title: 'vflane has a defect',
    explanation:
      'Something happened that vflane takes to be impossible, so it stopped instead of guessing on. If it was applying a plan, the journal on the host knows how far it came: `vflane status` shows it, `vflane resume` and `vflane rollback` go on from there. Run the command again with VFLANE_DEBUG=1 and report what it prints.',
  },
  {
    code: 'VF9001',
    severity: 'error',
    title: 'The command line cannot be carried out',
    explanation:
      'A verb, an option or its value is not one that vflane knows, a file that it names cannot be read or written, or an answer is needed and there is no terminal to ask on. Nothing was done. `vflane help VERB` lists what a verb takes; the exit code is 64.',
  },
];
