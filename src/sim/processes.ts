import { isOpen } from './carrier.ts';
import { Failure } from './errno.ts';
import { isHeld, vfAt } from './functions.ts';
import { findNetdev } from './netdevs.ts';
import { finishWaiting } from './num-vfs.ts';
import type { Process, SimState, Vf } from './state.ts';

/** Starts a guest that holds VFs through VFIO; the texts are QEMU's (hw/vfio). */
export function startGuest(state: SimState, argv: readonly string[], ns: string): Process {
  const vfs = argv.flatMap((word, i) => (argv[i - 1] === '-device' ? hostOf(word) : []));
  for (const { address, device } of vfs) openVf(state, address, `${argv[0]}: -device ${device}`);
  const process: Process = {
    pid: state.nextPid++,
    command: argv[0]?.split('/').at(-1) ?? '',
    argv: [...argv],
    vfs: vfs.map((vf) => vf.address),
    taps: tapsOf(argv).map((name) => openTap(state, ns, name, argv[0] ?? '')),
    ns,
  };
  state.processes.push(process);
  return process;
}

function hostOf(device: string): readonly { readonly address: string; readonly device: string }[] {
  const [driver, ...options] = device.split(',');
  const host = options.find((option) => option.startsWith('host='))?.slice('host='.length);
  if (driver !== 'vfio-pci' || host === undefined) return [];
  return [{ address: host.split(':').length === 2 ? `0000:${host}` : host, device }];
}

/** `-netdev tap,ifname=NAME,…`. */
function tapsOf(argv: readonly string[]): readonly string[] {
  return argv.flatMap((word, i) => {
    const name = /^tap,(?:.*,)?ifname=([^,]+)/.exec(word)?.[1];
    return argv[i - 1] === '-netdev' && name !== undefined ? [name] : [];
  });
}

/** Only one that is there and that nobody has open: this machine's VMs make none themselves. */
function openTap(state: SimState, ns: string, name: string, program: string): number {
  const tap = findNetdev(state, ns, name);
  const fail = (why: string) =>
    new Failure(1, `${program}: could not configure /dev/net/tun (${name}): ${why}\n`);
  if (tap?.kind !== 'tap') throw fail(tap ? 'Invalid argument' : 'Operation not permitted');
  if (isOpen(state, tap)) throw fail('Device or resource busy');
  return tap.ifindex;
}

function openVf(state: SimState, address: string, where: string): void {
  const fail = (why: string) => new Failure(1, `${where}: vfio ${address}: ${why}\n`);
  const vf = vfAt(state, address)?.vf;
  if (!vf) throw fail('no such host device: No such file or directory');
  if (!state.iommu) throw fail('no iommu_group found: No such file or directory');
  if (vf.driver !== 'vfio-pci') throw notViable(vf, fail);
  if (isHeld(state, vf)) throw fail(`failed to open /dev/vfio/${vf.iommuGroup}: Device or resource busy`);
}

function notViable(vf: Vf, fail: (why: string) => Failure): Failure {
  if (vf.driver === '') return fail(`failed to open /dev/vfio/${vf.iommuGroup}: No such file or directory`);
  return fail(
    `group ${vf.iommuGroup} is not viable\nPlease ensure all devices within the iommu_group are bound to their vfio bus driver.`,
  );
}

/** The guest lets go of its VFs; writes that waited for that are done. */
export function endProcess(state: SimState, pid: number): boolean {
  const before = state.processes.length;
  state.processes = state.processes.filter((process) => process.pid !== pid);
  finishWaiting(state);
  return state.processes.length < before;
}
