import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { guestPaths } from '../model/guest-paths.ts';
import type { GuestSpec } from '../model/host-spec.ts';
import type { MachineSpec } from '../model/machine.ts';
import type { ImageState, MachineState } from '../model/machine-state.ts';
import { isUnseen } from '../model/unseen.ts';
import { type Examined, placeOf, type Rule } from './rule.ts';

interface Machine {
  readonly name: string;
  readonly machine: MachineSpec;
}

export function machinesOf({ spec }: Examined): readonly Machine[] {
  return spec.guests.flatMap(({ name, machine }: GuestSpec) => (machine ? [{ name, machine }] : []));
}

export function isRunning(guest: MachineState | undefined): boolean {
  if (guest === undefined) return false;
  const { unit, domain } = guest;
  if (domain !== undefined && domain !== null && !isUnseen(domain) && domain.state === 'running') return true;
  return !isUnseen(unit) && unit.active === 'active';
}

/** At the guest's own key. */
export function guestFinding(
  examined: Examined,
  code: string,
  guest: string,
  what: string,
  hint: string,
  key = '',
): Finding {
  const keys = key === '' ? [] : [key];
  const where = placeOf(examined, 'guests', guest, 'vm', ...keys);
  return finding(code, where, `${examined.host.name}: ${what}`, hint);
}

const packages: { readonly [path: string]: string } = {
  '/usr/bin/qemu-system-x86_64': 'qemu-system-x86',
  '/usr/bin/qemu-img': 'qemu-utils',
};

/** QEMU, its tools and its firmware. */
export const machineProgramsMissing: Rule = (examined) => {
  const programs = examined.state.machines?.programs;
  if (programs === undefined || isUnseen(programs) || machinesOf(examined).length === 0) return [];
  return Object.entries(programs)
    .filter(([path, isThere]) => !isThere && !path.endsWith('/virsh'))
    .map(([path]) =>
      finding(
        'VF2070',
        placeOf(examined, 'guests'),
        `${examined.host.name}: there is no ${path}, but VMs need it`,
        `Install it: apt-get install ${packages[path] ?? 'ovmf'}.`,
      ),
    );
};

/** The image below each guest's disk has to exist, be readable, be written by nobody, and be the one that the disk stands on. */
export const machineDisks: Rule = (examined) =>
  machinesOf(examined).flatMap((one) => [
    ...imageTrouble(examined, one),
    ...diskTrouble(examined, one),
    ...sizeTrouble(examined, one),
    ...beyondTrouble(examined, one),
  ]);

function imageTrouble(examined: Examined, { name, machine }: Machine): readonly Finding[] {
  const image = examined.state.machines?.images[machine.image];
  if (image === undefined) return [];
  if (image === null) {
    const hint = `Put the image there, such as https://cloud.debian.org/images/cloud/trixie/latest/debian-13-generic-amd64.qcow2, or correct disk.`;
    return [
      guestFinding(
        examined,
        'VF2071',
        name,
        `the image of ${name}, ${machine.image}, is not there`,
        hint,
        'disk',
      ),
    ];
  }
  if (!isUnseen(image) || image.lacks === 'program') return [];
  const isLocked = /lock/i.test(image.unseen);
  const what = isLocked
    ? `the image of ${name}, ${machine.image}, is in use: another QEMU writes to it`
    : `the image of ${name}, ${machine.image}, cannot be read: ${image.unseen}`;
  const hint = isLocked
    ? 'Stop that one, or give the guest an image of its own: a disk based on an image that changes is lost.'
    : 'Look at it with `qemu-img info`; it has to be an image of a disk.';
  return [guestFinding(examined, 'VF2072', name, what, hint, 'disk')];
}

function diskTrouble(examined: Examined, { name, machine }: Machine): readonly Finding[] {
  const disk = examined.state.machines?.guests[name]?.disk;
  if (disk === undefined || disk === null || isUnseen(disk) || disk.backing === machine.image) return [];
  const { disk: path } = guestPaths(name);
  return [
    guestFinding(
      examined,
      'VF2073',
      name,
      `the disk of ${name} is based on ${disk.backing ?? 'nothing'}, but ${machine.image} is asked for`,
      `It holds what the guest has written, so vflane leaves it alone. For a new one: mv ${path} ${path}.old.`,
      'disk',
    ),
  ];
}

/** QEMU opens, as root, whatever file an image names, and the guest can read it (CVE-2022-47951, CVE-2024-32498 of OpenStack's). */
function beyondTrouble(examined: Examined, { name, machine }: Machine): readonly Finding[] {
  const image = examined.state.machines?.images[machine.image];
  const disk = examined.state.machines?.guests[name]?.disk;
  const whole = `If you trust it: qemu-img convert -O qcow2 ${machine.image} NEW.qcow2 makes one that is whole; name that.`;
  const moved = `Somebody has changed it: look at it with \`qemu-img info\`, and put it back from a copy.`;
  return [
    ...(image === undefined || image === null || isUnseen(image)
      ? []
      : beyond(image).map((what) => ['image', machine.image, what, whole] as const)),
    ...(disk === undefined || disk === null || isUnseen(disk) || disk.dataFile === undefined
      ? []
      : [['disk', guestPaths(name).disk, `keeps its data in ${disk.dataFile}`, moved] as const]),
  ].map(([which, path, what, hint]) =>
    guestFinding(examined, 'VF2088', name, `the ${which} of ${name}, ${path}, ${what}`, hint, 'disk'),
  );
}

function beyond({ format, backing, dataFile }: ImageState): readonly string[] {
  if (format !== 'raw' && format !== 'qcow2') return [`is ${format}, which may name any file of the host`];
  return [
    ...(backing === undefined ? [] : [`is based on ${backing}`]),
    ...(dataFile === undefined ? [] : [`keeps its data in ${dataFile}`]),
  ];
}

/** An existing disk is grown while its guest is off, and never shrunk: what would be cut off is the guest's. */
function sizeTrouble(examined: Examined, { name, machine }: Machine): readonly Finding[] {
  const guest = examined.state.machines?.guests[name];
  const disk = guest?.disk;
  const { diskMiB } = machine;
  if (disk === undefined || disk === null || isUnseen(disk) || diskMiB === undefined) return [];
  const has = Math.floor(disk.size / 2 ** 20);
  const waits = has < diskMiB && isRunning(guest);
  if (!waits && has <= diskMiB) return [];
  const hint = waits
    ? `vflane vm stop ${name}, then vflane apply, when it suits; the guest itself makes its file system larger.`
    : 'Write its size into the file, or leave disk-size out.';
  const what = `the disk of ${name} has ${has} MiB, but ${diskMiB} MiB are asked for`;
  return [guestFinding(examined, 'VF2087', name, what, hint, 'disk-size')];
}

/** What cloud-init is to be given. */
export const userDataMissing: Rule = (examined) =>
  machinesOf(examined).flatMap(({ name, machine: { seed } }) => {
    if (seed === undefined || !('file' in seed.userData)) return [];
    const { file } = seed.userData;
    const text = examined.state.machines?.userData[file];
    if (text === undefined || typeof text === 'string') return [];
    const why = isUnseen(text) ? `cannot be read: ${text.unseen}` : 'is not there';
    return [
      guestFinding(
        examined,
        'VF2082',
        name,
        `the user-data of ${name}, ${file}, ${why}`,
        'Put the file there, or correct the path.',
        'cloud-init',
      ),
    ];
  });
