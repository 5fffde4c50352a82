import { type BootSnapshot, bootPlaces } from '../model/boot.ts';
import type { Action } from '../model/plan.ts';
import { leaveFolder } from './boot-files.ts';
import type { Resource } from './resource.ts';

const { folder, snapshot, snapshotOf } = bootPlaces;
const fresh = `${snapshot}.new`;

/**
 * A snapshot from which Node starts vflane's boot verb sooner (docs/boot.md has the figures): it is compiled beforehand. The value says
 * what it was made of. If it no longer fits (another Node), the unit starts the program itself.
 */
export const bootSnapshot: Resource = {
  kind: 'boot-snapshot',
  timeoutMs: 10_000,
  wanted: ({ boot }) => (boot?.snapshot === undefined ? [] : [{ at: snapshot, value: boot.snapshot }]),
  there: ({ boot }) =>
    boot === undefined || boot.snapshot === null ? [] : [{ at: snapshot, value: boot.snapshot }],
  move: (_at, _from, to) => ({
    actions:
      to === null
        ? [{ run: ['rm', '-f', fresh, snapshot, snapshotOf] }, leaveFolder(folder)]
        : make(to as unknown as BootSnapshot),
  }),
  settled: () => [],
  why: (_from, to) =>
    to === null
      ? 'Remove the snapshot of vflane.'
      : 'Have Node read and compile vflane now, so that the next start need not.',
};

/** What it was made of is written once it is in place: without that it is never used. */
function make(made: BootSnapshot): readonly Action[] {
  return [
    { run: ['mkdir', '-p', folder] },
    { run: ['rm', '-f', snapshotOf] },
    {
      run: [made.node, '--no-warnings', '--snapshot-blob', fresh, '--build-snapshot', made.program],
      timeoutMs: 300_000,
    },
    { run: ['sync', fresh] },
    { run: ['mv', '-f', fresh, snapshot] },
    { write: snapshotOf, text: `${JSON.stringify(made)}\n` },
  ];
}
