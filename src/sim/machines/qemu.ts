import { posix } from 'node:path';
import { isOpen } from '../carrier.ts';
import { nowMs } from '../clock.ts';
import type { Call, Program, Reply } from '../commands/program.ts';
import { said, silent } from '../commands/program.ts';
import { Failure } from '../errno.ts';
import { isOrdinaryFolder } from '../folders.ts';
import { isHeld, kernelOf, vfAt } from '../functions.ts';
import { freeMib, hugepagesFree, memoryMib } from '../hugepages.ts';
import { randomMac } from '../macs.ts';
import { MissingProgram } from '../missing.ts';
import { addNetdev, findNetdev } from '../netdevs.ts';
import { isInstalled, versionOf } from '../packages.ts';
import type { Process, SimState } from '../state.ts';
import { tapInfo } from '../taps.ts';
import { chainOf, type Image, ImageError, openImage, refuseLocked } from './images.ts';
import type { Machine } from './machine.ts';
import { countProbe } from './probes.ts';
import { type Drive, type MachineArgs, parseMachine } from './qemu-args.ts';

/** `qemu-system-x86_64`: takes its resources from the host, or says in QEMU's words why not (10.0, seen). */
export const qemu: Program = (call) => {
  const { state, argv } = call;
  if (!isInstalled(state, 'qemu-system-x86')) throw new MissingProgram('qemu-system-x86_64');
  if (argv[1] === '--version' || argv[1] === '-version') return said(version(state));
  checkUser(state, argv);
  const args = parseMachine(argv.slice(1));
  const process = startMachine(call, args);
  return args.daemonizes
    ? { ...silent, leaves: process.pid }
    : ({ ...silent, goesOn: process.pid } satisfies Reply);
};

function version(state: SimState): string {
  const release = kernelOf(state).debian >= 13 ? '10.0.3' : '7.2.22';
  return `QEMU emulator version ${release} (Debian ${versionOf(state, 'qemu-system-x86')})\nCopyright (c) 2003-2025 Fabrice Bellard and the QEMU Project developers\n`;
}

/** QEMU 9.1 has `-run-with user=`, and 10.0 no longer has `-runas` (both seen). */
export function hasRunWith(state: SimState): boolean {
  return kernelOf(state).debian >= 13;
}

/** Its change of user: with the option that it knows, numeric ids, and only if its sandbox allows it. @throws Failure */
function checkUser(state: SimState, argv: readonly string[]): void {
  const at = argv.findIndex((word) => word === '-runas' || word === '-run-with');
  if (at < 0) return;
  const program = posix.basename(argv[0] ?? '');
  const [option = '', value = ''] = argv.slice(at, at + 2);
  if ((option === '-run-with') !== hasRunWith(state))
    throw new Failure(1, `${program}: ${option}: invalid option\n`);
  if (!/^(user=)?\d+:\d+$/.test(value))
    throw new Failure(1, `${program}: ${option} ${value}: User doesn't exist (and is not <uid>:<gid>)\n`);
  // The system call raises SIGSYS (seen, 10.0).
  if (argv.some((word) => /elevateprivileges=(deny|children)/.test(word))) throw new Failure(159, '');
}

type Refuse = (option: string, why: string) => Failure;

/** Checks everything before it takes anything: a QEMU that fails leaves nothing behind. @throws Failure */
export function startMachine({ state, argv, ns }: Call, args: MachineArgs): Process {
  const program = posix.basename(argv[0] ?? '');
  const refuse: Refuse = (option, why) =>
    new Failure(1, `${[program, option].filter(Boolean).join(': ')}: ${why}\n`);
  checkPidfile(state, args, refuse);
  const pages = checkMemory(state, args, refuse);
  const disks = args.drives.flatMap((drive) => openDrive(state, drive, refuse));
  for (const { path } of args.sockets) checkSocket(state, path, refuse);
  for (const { address, option } of args.vfio) openVfio(state, address, args, (why) => refuse(option, why));
  const networkConfig = disks
    .map(({ path }) => openImage(state, path).files?.['network-config'])
    .find((text) => text !== undefined);
  const machine: Machine = {
    name: args.name,
    ...(networkConfig === undefined ? {} : { networkConfig }),
    memoryMib: args.memoryMib,
    ...pages,
    disks,
    sockets: args.sockets.map((socket) => ({ ...socket })),
    pidfile: args.pidfile,
    startedMs: nowMs(state),
    paused: argv.includes('-S'),
    ownTaps: [],
  };
  const taps = args.taps.map(({ ifname, option }) =>
    openTap(state, ns, ifname, machine, (why) => refuse(option, why)),
  );
  const process: Process = {
    pid: state.nextPid++,
    // TASK_COMM_LEN
    command: program.slice(0, 15),
    argv: [...argv],
    vfs: args.vfio.map(({ address }) => address),
    taps,
    ns,
    machine,
  };
  state.processes.push(process);
  for (const { path } of machine.sockets) state.files[path] = '';
  if (args.pidfile !== '') state.files[args.pidfile] = `${process.pid}\n`;
  for (const address of process.vfs) countProbe(state, address, 'guest');
  return process;
}

function checkPidfile(state: SimState, { pidfile }: MachineArgs, refuse: Refuse): void {
  if (pidfile === '') return;
  if (!isOrdinaryFolder(state, posix.dirname(pidfile)))
    throw refuse('', 'cannot create PID file: Cannot open pid file: No such file or directory');
  if (state.processes.some(({ machine }) => machine?.pidfile === pidfile))
    throw refuse('', 'cannot create PID file: Cannot lock pid file: Resource temporarily unavailable');
}

function checkMemory(state: SimState, args: MachineArgs, refuse: Refuse): Pick<Machine, 'pages' | 'pageKib'> {
  const [backend] = args.backends;
  if (backend && args.usesBackend && backend.mib !== args.memoryMib)
    throw refuse('', 'Machine memory size does not match the size of the memory backend');
  if (args.memoryMib > memoryMib)
    throw refuse('', `cannot set up guest memory '${backend?.id ?? 'pc.ram'}': Cannot allocate memory`);
  if (!backend?.hugetlb) return { pages: 0, pageKib: 0 };
  const pages = Math.ceil((backend.mib * 1024) / backend.pageKib);
  const { pageKib } = backend;
  const free = pageKib === 2048 || pageKib === 1048576 ? hugepagesFree(state, pageKib) : 0;
  if (pages > free) throw refuse('', 'unable to map backing store for guest RAM: Cannot allocate memory');
  return { pages, pageKib };
}

/** Opens the image and its backing files, with their locks. */
function openDrive(state: SimState, drive: Drive, refuse: Refuse): Machine['disks'] {
  try {
    const image = openImage(state, drive.path);
    checkFormat(drive, image);
    refuseLocked(state, drive.path, drive.writes);
    const below = chainOf(state, drive.path).slice(1);
    for (const path of below) refuseLocked(state, path, false);
    return [{ path: drive.path, writes: drive.writes }, ...below.map((path) => ({ path, writes: false }))];
  } catch (error) {
    if (error instanceof ImageError) throw refuse(drive.option, error.message);
    throw error;
  }
}

function checkFormat(drive: Drive, image: Image): void {
  if (drive.format === 'qcow2' && image.format !== 'qcow2')
    throw new ImageError('Image is not in qcow2 format');
}

function checkSocket(state: SimState, path: string, refuse: Refuse): void {
  if (isOrdinaryFolder(state, posix.dirname(path))) return;
  throw refuse('', `Failed to bind socket to ${path}: No such file or directory`);
}

/** hw/vfio: the group, all devices in it, and the memory that is pinned for it. */
function openVfio(state: SimState, address: string, args: MachineArgs, fail: (why: string) => Failure): void {
  const fn = passable(state, address);
  if (!fn) throw fail(`vfio /sys/bus/pci/devices/${address}: no such host device: No such file or directory`);
  const named = (why: string) => fail(`vfio ${address}: ${why}`);
  if (!state.iommu) throw named('no iommu_group found: No such file or directory');
  const group = `/dev/vfio/${fn.iommuGroup}`;
  const mates = groupOf(state, fn.iommuGroup);
  if (!mates.some(({ driver }) => driver === 'vfio-pci'))
    throw named(`failed to open ${group}: No such file or directory`);
  if (mates.some(({ driver }) => driver !== 'vfio-pci' && driver !== ''))
    throw named(
      `group ${fn.iommuGroup} is not viable\nPlease ensure all devices within the iommu_group are bound to their vfio bus driver.`,
    );
  if (fn.driver !== 'vfio-pci')
    throw named(
      `error getting device from group ${fn.iommuGroup}: No such device\nVerify all devices in group ${fn.iommuGroup} are bound to vfio-<bus> or pci-stub and not already in use`,
    );
  if (mates.some(({ pci }) => isTaken(state, pci)))
    throw named(`failed to open ${group}: Device or resource busy`);
  if (args.backends[0]?.hugetlb !== true && args.memoryMib > freeMib(state))
    throw named(
      `failed to setup container for group ${fn.iommuGroup}: memory listener initialization failed: Region ${args.backends[0]?.id ?? 'pc.ram'}: vfio_container_dma_map(0x55d0c8a4e4c0, 0x0, 0x${(args.memoryMib * 1024 * 1024).toString(16)}, 0x7f0000000000) = -12 (Cannot allocate memory)`,
    );
}

interface Passable {
  readonly pci: string;
  readonly driver: string;
  readonly iommuGroup: number;
}

function passable(state: SimState, address: string): Passable | undefined {
  return (
    vfAt(state, address)?.vf ??
    state.pfs.find((pf) => pf.pci === address) ??
    state.boardDevices?.find((one) => one.pci === address)
  );
}

export function groupOf(state: SimState, group: number): readonly Passable[] {
  const all: readonly Passable[] = [
    ...state.pfs,
    ...state.pfs.flatMap((pf) => pf.vfs),
    ...(state.boardDevices ?? []),
  ];
  return all.filter((one) => one.iommuGroup === group);
}

function isTaken(state: SimState, pci: string): boolean {
  const vf = vfAt(state, pci)?.vf;
  return vf ? isHeld(state, vf) : state.processes.some((process) => process.vfs.includes(pci));
}

/** The tap must not be open elsewhere; as root, QEMU makes a missing one, which goes with it (net/tap.c). */
function openTap(
  state: SimState,
  ns: string,
  name: string,
  machine: Machine,
  fail: (why: string) => Failure,
): number {
  const tap = findNetdev(state, ns, name);
  const no = (why: string) => fail(`could not configure /dev/net/tun (${name}): ${why}`);
  if (tap && tap.kind !== 'tap') throw no('Invalid argument');
  if (tap && isOpen(state, tap)) throw no('Device or resource busy');
  if (tap) return tap.ifindex;
  if (state.uid !== 0) throw no('Operation not permitted');
  const wanted = { kind: 'tap', name, ns, maxMtu: 65521, info: tapInfo({ persist: false }) } as const;
  const made = addNetdev(state, { ...wanted, mac: randomMac(state), randomMac: true });
  machine.ownTaps.push(made.ifindex);
  return made.ifindex;
}
