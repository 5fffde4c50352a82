import { guestPaths } from '../model/guest-paths.ts';
import type { HostState } from '../model/host-state.ts';
import type { MachineSpec } from '../model/machine.ts';
import type { ImageState } from '../model/machine-state.ts';
import type { Action } from '../model/plan.ts';
import { isUnseen } from '../model/unseen.ts';
import { folderFor } from './machine-folder.ts';
import { type Machine, machinesIn } from './machine-text.ts';
import { nothing, type Placed, type Resource } from './resource.ts';
import { runs } from './vm-running.ts';

/** The image below, and the size that the guest sees; the rest matters only when it is created. */
type Disk = {
  readonly on: string;
  /** Absent if it is to be as large as its image. */
  readonly sizeMib?: number;
  readonly format?: string;
  readonly manager?: MachineSpec['manager'];
};

/**
 * A guest's disk: an overlay on the user's image, which is only read (qemu-img(1)). Its contents are the guest's, so
 * nothing in vflane ever removes or recreates it, not even an undo.
 */
export const vmDisk: Resource = {
  kind: 'vm-disk',
  timeoutMs: 20_000,
  stays: true,
  wanted: (spec, state) => machinesIn(spec).flatMap((machine) => wantedDisk(machine, state)),
  there: ({ machines }) =>
    Object.entries(machines?.guests ?? {}).map(([at, { disk }]) => {
      if (isUnseen(disk)) return { at, value: disk };
      return { at, value: disk === null ? null : { on: disk.backing ?? '', sizeMib: sizeOf(disk) } };
    }),
  move: (at, from, to) => {
    if (to === null) return nothing;
    return { actions: from === null ? made(at, to as Disk) : grown(at, from as Disk, to as Disk) };
  },
  settled: (at, to) => {
    if (to === null) return [];
    const query = ['qemu-img', 'info', '-U', '--output=json', guestPaths(at).disk];
    return [{ query, at: ['backing-filename'], is: (to as Disk).on }];
  },
  why: (from) =>
    from === null
      ? 'Make the guests’ disks, each a writable overlay on an image that is only read.'
      : 'Grow the guests’ disks while nobody has them open.',
};

function sizeOf({ size }: ImageState): number {
  return Math.floor(size / 2 ** 20);
}

/** As it is observed once it exists: without what matters only for its creation. */
function wantedDisk({ name, machine }: Machine, { machines }: HostState): readonly Placed<Disk>[] {
  const { image: on, diskMiB: sizeMib, manager } = machine;
  const guest = machines?.guests[name];
  const [disk, image] = [guest?.disk, machines?.images[on]];
  if (disk !== undefined && disk !== null && !isUnseen(disk)) {
    // A disk is never shrunk, and never grown while a guest has it open: a rule says that it waits.
    const asked = runs(guest) ? 0 : (sizeMib ?? 0);
    return [{ at: name, value: { on, sizeMib: Math.max(sizeOf(disk), asked) } }];
  }
  // Without the image there is nothing to base it on; a rule says so.
  if (image === undefined || image === null || isUnseen(image)) return [];
  const value = {
    on,
    format: image.format,
    manager,
    ...(sizeMib === undefined ? {} : { sizeMib }),
  };
  return [{ at: name, value }];
}

/** Under another name first, so that a half-made one is never taken for a disk; and no existing disk is ever overwritten. */
function made(at: string, { on, format = 'raw', sizeMib, manager }: Disk): readonly Action[] {
  const { folder, disk } = guestPaths(at);
  const size = sizeMib === undefined ? [] : [`${sizeMib}M`];
  return [
    folderFor(folder, manager),
    // qemu-img keeps the mode of a file that it overwrites.
    { run: ['install', '--mode=0600', '/dev/null', `${disk}.new`] },
    { run: ['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', format, '-b', on, `${disk}.new`, ...size] },
    { run: ['mv', '-n', `${disk}.new`, disk] },
  ];
}

function grown(at: string, from: Disk, to: Disk): readonly Action[] {
  const { sizeMib = 0 } = to;
  if (sizeMib <= (from.sizeMib ?? 0)) return [];
  return [{ run: ['qemu-img', 'resize', '-q', '-f', 'qcow2', guestPaths(at).disk, `${sizeMib}M`] }];
}
