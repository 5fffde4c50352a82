import { type Program, silent } from '../commands/program.ts';
import { attach, loadModule } from '../drivers.ts';
import { Failure } from '../errno.ts';
import { functionAt, isHeld, vfAt } from '../functions.ts';
import { unprobe } from '../probe.ts';
import { endProcess } from '../processes.ts';
import type { SimState } from '../state.ts';
import { hostDevicesOf, machineArgsOf } from './domain.ts';
import { parseXml } from './domain-xml.ts';
import { ImageError, openImage } from './images.ts';
import type { Domain } from './machine.ts';
import { powerDown } from './power.ts';
import { startMachine } from './qemu.ts';

/** libvirt refused: the lines that virsh prints. */
export class VirError extends Error {
  override readonly name = 'VirError';
  readonly lines: readonly string[];

  constructor(...lines: readonly string[]) {
    super(lines.join('; '));
    this.lines = lines;
  }
}

export function runsDomain(state: SimState, domain: Domain): boolean {
  return state.processes.some(({ pid }) => pid === domain.pid);
}

/** @throws VirError */
export function startDomain(state: SimState, domain: Domain): void {
  if (runsDomain(state, domain)) throw new VirError('Domain is already active');
  giveBack(state, domain);
  const root = parseXml(domain.xml);
  if (typeof root === 'string') throw new VirError(root);
  const fail = (why: string) => new VirError(`Failed to start domain '${domain.name}'`, why);
  const args = machineArgsOf(root);
  for (const { path } of args.drives) checkDisk(state, path, fail);
  for (const device of hostDevicesOf(root)) takeDevice(state, domain, device.pci, device.managed, fail);
  makeFolders(state);
  const argv = ['/usr/bin/qemu-system-x86_64', '-name', `guest=${domain.name},debug-threads=on`];
  try {
    const call = { state, argv, stdin: '', ns: '', start: () => silent };
    domain.pid = startMachine(call, args).pid;
  } catch (error) {
    giveBack(state, domain);
    if (!(error instanceof Failure)) throw error;
    const time = new Date(0).toISOString().slice(0, 19);
    throw fail(
      `internal error: QEMU unexpectedly closed the monitor (vm='${domain.name}'): ${time}.000000Z ${error.message.trimEnd()}`,
    );
  }
}

function makeFolders(state: SimState): void {
  for (const folder of ['/run/libvirt/qemu', '/run/libvirt/qemu/channel'])
    if (!state.folders.includes(folder)) state.folders.push(folder);
}

function checkDisk(state: SimState, path: string, fail: (why: string) => VirError): void {
  try {
    openImage(state, path);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    throw fail(`Cannot access storage file '${path}' (as uid:64055, gid:64055): No such file or directory`);
  }
}

/** virhostdev.c: a managed function is unbound from its driver, an unmanaged one must be free already. */
function takeDevice(
  state: SimState,
  domain: Domain,
  pci: string,
  managed: boolean,
  fail: (why: string) => VirError,
): void {
  const fn = functionAt(state, pci);
  if (!fn)
    throw fail(
      `Device ${pci} not found: could not access /sys/bus/pci/devices/${pci}/config: No such file or directory`,
    );
  const holder = Object.values(state.domains ?? {}).find((other) => holds(state, other, pci));
  if (holder)
    throw fail(
      `Requested operation is not valid: PCI device ${pci} is in use by driver QEMU, domain ${holder.name}`,
    );
  if (fn.driver === 'vfio-pci') return;
  if (!managed)
    throw fail(
      `Requested operation is not valid: Unmanaged PCI device ${pci} must be manually detached from the host`,
    );
  if (!state.iommu)
    throw fail("unsupported configuration: host doesn't support passthrough of host PCI devices");
  const vf = vfAt(state, pci)?.vf;
  if (vf && isHeld(state, vf)) throw fail(`internal error: Not detaching active device ${pci}`);
  loadModule(state, 'vfio_pci');
  if (fn.driver !== '') unprobe(state, fn);
  fn.driverOverride = 'vfio-pci';
  attach(state, fn);
  fn.driverOverride = '';
  domain.managed = [...domain.managed, pci];
}

function holds(state: SimState, domain: Domain, pci: string): boolean {
  return state.processes.some((process) => process.pid === domain.pid && process.vfs.includes(pci));
}

/** Functions that were unbound get a driver again, as the bus decides. */
export function giveBack(state: SimState, domain: Domain): void {
  for (const pci of domain.managed) {
    const fn = functionAt(state, pci);
    if (fn?.driver !== 'vfio-pci') continue;
    fn.driver = '';
    attach(state, fn);
  }
  domain.managed = [];
}

export function shutdown(state: SimState, domain: Domain): void {
  const process = state.processes.find(({ pid }) => pid === domain.pid);
  if (!process?.machine) throw notRunning('shutdown', domain);
  powerDown(state, process.machine);
}

export function destroy(state: SimState, domain: Domain): void {
  if (!endProcess(state, domain.pid)) throw notRunning('destroy', domain);
  settleDomains(state);
  domain.ended = 'destroyed';
}

function notRunning(what: string, { name }: Domain): VirError {
  return new VirError(
    `Failed to ${what} domain '${name}'`,
    'Requested operation is not valid: domain is not running',
  );
}

/** Shuts off domains whose QEMU has ended. */
export function settleDomains(state: SimState): void {
  for (const domain of Object.values(state.domains ?? {})) {
    if (domain.pid === 0 || runsDomain(state, domain)) continue;
    domain.pid = 0;
    domain.ended = 'shutdown';
    giveBack(state, domain);
  }
}

export const libvirtdPid = 602;

/** The daemon starts the domains marked for autostart; a failing one does not stop the others. */
export const libvirtd: Program = ({ state }) => {
  for (const domain of Object.values(state.domains ?? {})) {
    if (!domain.autostart || runsDomain(state, domain)) continue;
    try {
      startDomain(state, domain);
    } catch (error) {
      if (!(error instanceof VirError)) throw error;
    }
  }
  return { ...silent, goesOn: libvirtdPid };
};
