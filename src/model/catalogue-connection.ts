import type { CatalogueEntry } from './finding.ts';

/** VF4xxx: reaching a host, and what its own store says. */
export const connectionFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF4001',
    severity: 'error',
    title: 'The host cannot be reached',
    explanation:
      'vflane uses the system’s ssh, with your ssh_config, keys and jump hosts, and never prompts (BatchMode). The message quotes ssh. vflane needs no more than `ssh DESTINATION true` needs to work without a prompt. A plan that was running on the host continues without the connection: look with `vflane status` when it is back.',
  },
  {
    code: 'VF4002',
    severity: 'error',
    title: 'Somebody else is changing the host',
    explanation:
      'A host has one writer at a time: another process, usually another vflane, holds the lock (flock) on the journal below /var/lib/vflane. The message names it. The kernel frees the lock when that process ends, however it ends, so nothing has to be cleaned up by hand. Wait until it is done.',
  },
  {
    code: 'VF4003',
    severity: 'error',
    title: 'The host’s journal cannot be used',
    explanation:
      'The journal below /var/lib/vflane records what vflane put on the host. It is damaged in the middle, was written by a newer vflane, names a plan that is gone, or cannot be written (a full disk). vflane does nothing that it cannot write down first. Make room, or use the newer version. If the journal is damaged, keep a copy and move it away: what is on the host then counts as foreign, which a plan does not touch. `vflane import --adopt`, with the file that was applied last, takes over what matches the file; `vflane plan` shows the rest.',
  },
  {
    code: 'VF4004',
    severity: 'error',
    title: 'Something on the host does not work',
    explanation:
      'A command that vflane needs is missing, failed, or did not answer in time. It changed nothing. The message has the command and its last words.',
  },
];
