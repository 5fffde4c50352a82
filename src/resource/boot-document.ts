import { bootPlaces } from '../model/boot.ts';
import { leaveFolder, put } from './boot-files.ts';
import type { Resource } from './resource.ts';

/** What the host has to become after a reboot, as a file there: whatever was last applied. */
export const bootDocument: Resource = {
  kind: 'boot-document',
  timeoutMs: 5_000,
  wanted: ({ boot }) => (boot ? [{ at: bootPlaces.document, value: boot.document }] : []),
  there: ({ boot }) =>
    boot === undefined || boot.document === null ? [] : [{ at: bootPlaces.document, value: boot.document }],
  move: (_at, _from, to) => ({
    actions:
      to === null
        ? [...put(bootPlaces.document, null), ...put(bootPlaces.report, null), leaveFolder(bootPlaces.folder)]
        : put(bootPlaces.document, `${JSON.stringify(to, null, 1)}\n`),
  }),
  settled: () => [],
  why: (from, to) => {
    if (to === null) return 'Forget what the host comes back as.';
    return from === null
      ? 'Keep what the host comes back as at its next start.'
      : 'Keep what the host now comes back as at its next start.';
  },
};
