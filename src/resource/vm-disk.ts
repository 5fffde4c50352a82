import { ovmf } from '../guest/firmware.ts';
import { guestPaths } from '../model/guest-paths.ts';
import { type HostState, isUnseen } from '../model/host-state.ts';
import type { MachineSpec } from '../model/machine.ts';
import type { Action } from '../model/plan.ts';
import { folderFor } from './machine-folder.ts';
import { type Machine, machinesIn } from './machine-text.ts';
import { nothing, type Resource } from './resource.ts';

/** The image below; its format and the size of the overlay only count when it is made. */
type Disk = {
  readonly on: string;
  readonly format?: string;
  readonly sizeMib?: number;
  readonly firmware?: MachineSpec['firmware'];
  readonly manager?: MachineSpec['manager'];
};

/**
 * A guest's disk: an overlay on the user's image, which is only read (qemu-img(1)). What is in it is the guest's, so that
 * nothing of vflane's ever takes it away or makes it anew, no undo either.
 */
export const vmDisk: Resource = {
  kind: 'vm-disk',
  timeoutMs: 20_000,
  stays: true,
  wanted: (spec, state) => machinesIn(spec).flatMap((machine) => wantedDisk(machine, state)),
  there: ({ machines }) =>
    Object.entries(machines?.guests ?? {}).map(([at, { disk }]) => {
      if (isUnseen(disk)) return { at, value: disk };
      return { at, value: disk === null ? null : { on: disk.backing ?? '' } };
    }),
  move: (at, from, to) => (from !== null || to === null ? nothing : { actions: made(at, to as Disk) }),
  settled: (at, to) => {
    if (to === null) return [];
    const query = ['qemu-img', 'info', '-U', '--output=json', guestPaths(at).disk];
    return [{ query, at: ['backing-filename'], is: (to as Disk).on }];
  },
  why: () => 'Make the guests’ disks: each an overlay that it writes to, on an image that stays as it is.',
};

/** As it is found once it is made: what only counts for the making is left out then. */
function wantedDisk({ name, machine }: Machine, { machines }: HostState) {
  const { image: on, diskMiB: sizeMib, firmware, manager } = machine;
  const [disk, image] = [machines?.guests[name]?.disk, machines?.images[on]];
  if (disk !== undefined && disk !== null && !isUnseen(disk)) return [{ at: name, value: { on } }];
  // Without the image there is nothing to make it on, which a rule says.
  if (image === undefined || image === null || isUnseen(image)) return [];
  const value = {
    on,
    format: image.format,
    firmware,
    manager,
    ...(sizeMib === undefined ? {} : { sizeMib }),
  };
  return [{ at: name, value }];
}

/** Under another name first, so that one that is only half made is never taken for a disk; and none is ever put over another. */
function made(at: string, { on, format = 'raw', sizeMib, firmware, manager }: Disk): readonly Action[] {
  const { folder, disk, variables } = guestPaths(at);
  const size = sizeMib === undefined ? [] : [`${sizeMib}M`];
  return [
    folderFor(folder, manager),
    ...(firmware === 'uefi' ? [{ run: ['cp', '-n', ovmf.variables, variables] }] : []),
    // qemu-img keeps the mode of what it writes over.
    { run: ['install', '--mode=0600', '/dev/null', `${disk}.new`] },
    { run: ['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', format, '-b', on, `${disk}.new`, ...size] },
    { run: ['mv', '-n', `${disk}.new`, disk] },
  ];
}
