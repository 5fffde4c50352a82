import { bootPlaces, copies } from '../model/boot.ts';
import type { Action } from '../model/plan.ts';
import { leaveFolder } from './boot-files.ts';
import type { Resource } from './resource.ts';

const { folder, program } = bootPlaces;

/**
 * The copy of vflane that the host starts by itself: a hard link to the one that came over ssh, which is removed when newer
 * ones have come. The value is its SHA-256.
 */
export const bootProgram: Resource = {
  kind: 'boot-program',
  timeoutMs: 10_000,
  wanted: ({ boot }) => (boot?.program === undefined ? [] : [{ at: program, value: boot.program }]),
  there: ({ boot }) =>
    boot === undefined || boot.program === null ? [] : [{ at: program, value: boot.program }],
  move: (_at, _from, to) => ({
    actions: to === null ? [{ run: ['rm', '-f', program] }, leaveFolder(folder)] : take(to as string),
  }),
  settled: () => [],
  why: (_from, to) =>
    to === null
      ? 'Remove the host’s copy of vflane.'
      : 'Keep a copy of vflane on the host, which brings it back at a start.',
};

/** Replaced atomically and durably: a power cut leaves the old one or the new one. */
function take(sha256: string): readonly Action[] {
  const copy = copies.pathOf(sha256);
  const fresh = `${folder}/.vflane.cjs.new`;
  return [
    { run: ['mkdir', '-p', folder] },
    { run: ['sync', copy] },
    { run: ['ln', '-f', copy, fresh] },
    { run: ['mv', '-f', fresh, program] },
    { run: ['sync', folder] },
  ];
}
