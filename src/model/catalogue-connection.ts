import type { CatalogueEntry } from './finding.ts';

/** VF4xxx: how a host is reached, and what its own store says. */
export const connectionFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF4001',
    severity: 'error',
    title: 'The host cannot be reached',
    explanation:
      'vflane uses the system’s ssh, with your ssh_config, keys and jump hosts, and asks no questions (BatchMode). What ssh said stands in the message. Whatever `ssh DESTINATION true` needs to work without a question is what vflane needs. A plan that was under way on the host goes on without the line: look with `vflane status` when it is back.',
  },
  {
    code: 'VF4002',
    severity: 'error',
    title: 'Somebody else is changing the host',
    explanation:
      'A host has one writer at a time: another process, as a rule another vflane, holds the lock (flock) on the journal below /var/lib/vflane. The message names it. The kernel frees the lock when that process ends, however it ends, so nothing has to be cleaned up by hand. Wait until it is done.',
  },
  {
    code: 'VF4003',
    severity: 'error',
    title: 'The host’s journal cannot be used',
    explanation:
      'The journal below /var/lib/vflane tells what vflane put on the host. It is damaged in the middle, was written by a newer vflane, names a plan that is gone, or cannot be written (a full disk). vflane does nothing that it cannot write down first. Make room, or use the newer version; of a damaged journal keep a copy and move it away: what stands on the host then counts as foreign, which a plan does not touch. `vflane import --adopt`, with the file that was applied last, takes over what is as the file has it; `vflane plan` shows the rest.',
  },
  {
    code: 'VF4004',
    severity: 'error',
    title: 'Something on the host does not work',
    explanation:
      'A command that vflane needs is missing, failed, or gave no answer in time. Nothing was changed by it. The message holds the command and its own last words.',
  },
];
