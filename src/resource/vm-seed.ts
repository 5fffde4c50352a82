import { type SeedFiles, seedFiles, seedTexts, volumeArgv } from '../guest/seed.ts';
import { type GuestPaths, guestPaths } from '../model/guest-paths.ts';
import type { HostState } from '../model/host-state.ts';
import type { SeedSpec } from '../model/machine.ts';
import type { Action } from '../model/plan.ts';
import { isUnseen } from '../model/unseen.ts';
import { machinesIn } from './machine-text.ts';
import type { Resource } from './resource.ts';

/** The size of a 2.88 MB floppy, whatever is on it (QEMU, block/vvfat.c). */
const floppyBytes = 2_949_120;

/**
 * What cloud-init finds in a guest (NoCloud): its texts in a folder on the host, and the volume made from them. A
 * running guest keeps the volume that it started with.
 */
export const vmSeed: Resource = {
  kind: 'vm-seed',
  timeoutMs: 10_000,
  wanted: (spec, state) =>
    machinesIn(spec).flatMap(({ name, machine }) => {
      const userData = machine.seed && userDataOf(machine.seed, state);
      if (machine.seed === undefined || userData === undefined) return [];
      return [{ at: name, value: seedTexts(machine.seed, userData) }];
    }),
  there: ({ machines }) =>
    Object.entries(machines?.guests ?? {}).map(([at, { seed }]) => ({ at, value: seed })),
  // Its folder is made with the disk.
  move: (at, from, to) => ({
    actions: [
      ...(from === null || (to !== null && isHalf(from as SeedFiles)) ? [] : away(at, to === null)),
      ...(to === null ? [] : made(at, to as SeedFiles)),
    ],
  }),
  settled: (at, to) => {
    const { seed, seedFolder } = guestPaths(at);
    const query = ['qemu-img', 'info', '-U', '--output=json', seed];
    const texts = Object.entries((to ?? {}) as SeedFiles);
    return [
      ...texts.map(([file, text]) => ({ read: `${seedFolder}/${file}`, is: text.trim() })),
      // An empty file would be raw as well.
      ...(to === null ? [] : [{ query, at: ['virtual-size'], is: floppyBytes }]),
    ];
  },
  why: (_from, to) =>
    to === null
      ? 'Remove the guests’ cloud-init seeds.'
      : 'Write the guests’ cloud-init seeds: their names, keys and networks.',
};

/** The file's text, or none while it cannot be read; a rule says so. */
function userDataOf({ userData }: SeedSpec, { machines }: HostState): string | undefined {
  if ('text' in userData) return userData.text;
  const seen = machines?.userData[userData.file];
  return seen === null || isUnseen(seen) ? undefined : seen;
}

/** Texts from which no volume has been made yet (src/observe/machines.ts). */
function isHalf(files: SeedFiles): boolean {
  return 'volume' in files;
}

/** The volume goes first: an existing one has to belong to the texts beside it. */
function away(at: string, wholly: boolean): readonly Action[] {
  const paths = guestPaths(at);
  const { seed, seedFolder } = paths;
  if (!wholly) return [{ run: ['rm', '-f', seed] }];
  const files = seedFiles.map((file) => `${seedFolder}/${file}`);
  return [
    { run: ['rm', '-f', seed, freshOf(paths), ...files] },
    { run: ['rmdir', '--ignore-fail-on-non-empty', seedFolder] },
  ];
}

function made(at: string, files: SeedFiles): readonly Action[] {
  const paths = guestPaths(at);
  return [
    // user-data may hold passwords, and the folders of libvirt's guests are open to everybody.
    { run: ['install', '-d', '--mode=0700', paths.seedFolder] },
    ...Object.entries(files).map(([file, text]) => written(`${paths.seedFolder}/${file}`, text)),
    // qemu-img keeps the mode of a file that it overwrites. An existing volume counts as complete, so it is put in place atomically.
    { run: ['install', '--mode=0600', '/dev/null', freshOf(paths)] },
    { run: volumeArgv(paths, freshOf(paths)) },
    { run: ['sync', freshOf(paths)] },
    { run: ['mv', '-f', freshOf(paths), paths.seed] },
  ];
}

function freshOf({ seed }: GuestPaths): string {
  return `${seed}.new`;
}

function written(write: string, text: string): Action {
  return write.endsWith('/user-data') ? { write, text, secret: true } : { write, text };
}
