import { devErr, printk } from './dmesg.ts';
import { attach, loadModule } from './drivers.ts';
import { Blocked, Refusal } from './errno.ts';
import { cardOf, freeIommuGroup, isHeld, pciPlus } from './functions.ts';
import { evaluateLag } from './lag.ts';
import { forgetProbes } from './machines/probes.ts';
import { zeroMac } from './macs.ts';
import { addRepresentor, removeRepresentors, unprobe } from './probe.ts';
import type { Pf, SimState, Vf, VfAdmin } from './state.ts';

/** A write to `sriov_numvfs`: the checks in the order of drivers/pci/iov.c, sriov_numvfs_store (facts §3.1). */
export function writeNumVfs(state: SimState, pf: Pf, text: string): void {
  const wanted = parseU16(text);
  if (wanted === undefined) throw new Refusal('EINVAL');
  if (wanted > state.numOfVfs) throw new Refusal('ERANGE');
  if (state.waiting.includes(pf.pci)) throw new Blocked('the device lock is held');
  if (wanted === pf.vfs.length) return;
  if (pf.driver !== cardOf(state).pfDriver) throw refuseWithoutDriver(state, pf);
  if (wanted === 0) disable(state, pf);
  else if (pf.vfs.length > 0) throw refuseChange(state, pf, wanted);
  else enable(state, pf, wanted);
}

function parseU16(text: string): number | undefined {
  const word = text.replace(/\n$/, '');
  if (!/^(0x[0-9a-f]+|\+?\d+)$/i.test(word)) return undefined;
  const octal = /^0\d+$/.test(word);
  const value = octal ? Number.parseInt(word, 8) : Number(word);
  return Number.isInteger(value) && value <= 0xffff ? value : undefined;
}

function refuseWithoutDriver(state: SimState, pf: Pf): Refusal {
  printk(state, `pci ${pf.pci}: no driver bound to device; cannot configure SR-IOV`);
  return new Refusal('ENOENT');
}

function refuseChange(state: SimState, pf: Pf, wanted: number): Refusal {
  const text = `${pf.vfs.length} VFs already enabled. Disable before enabling ${wanted} VFs`;
  devErr(state, pf.driver, pf.pci, text);
  return new Refusal('EBUSY');
}

/** Removes the VFs, and with them every setting that the PF had for them (facts §3.1). */
function disable(state: SimState, pf: Pf): void {
  const held = pf.vfs.find((vf) => isHeld(state, vf));
  if (held) waitFor(state, pf, held);
  destroyVfs(state, pf);
}

function destroyVfs(state: SimState, pf: Pf): void {
  for (const vf of pf.vfs) unprobe(state, vf);
  removeRepresentors(state, pf);
  pf.vfs = [];
  evaluateLag(state);
}

/**
 * Blocks until the guest releases the VF (facts §3.1). So does igb: its check, pci_vfs_assigned(), tests a flag that only
 * Xen's pciback sets (drivers/pci/iov.c), and the real kernel was seen to wait.
 */
function waitFor(state: SimState, pf: Pf, held: Vf): never {
  sayHeld(state, held.pci);
  state.waiting.push(pf.pci);
  throw new Blocked('a guest holds the VF');
}

/** A reader waits for the device lock as a writer does (sriov_numvfs_show). */
export function readNumVfs(state: SimState, pf: Pf): string {
  if (state.waiting.includes(pf.pci)) throw new Blocked('the device lock is held');
  return `${pf.vfs.length}\n`;
}

/** vfio logs this every ten seconds while it waits (drivers/vfio/pci, vfio_pci_core_request). */
function sayHeld(state: SimState, pci: string): void {
  devErr(state, 'vfio-pci', pci, 'Relaying device request to user (#0)');
  devErr(
    state,
    'vfio-pci',
    pci,
    'Device is currently in use, task "tee" (1) blocked until device is released',
  );
}

/** A guest has gone: completes the writes that waited for it. */
export function finishWaiting(state: SimState): void {
  const ready = state.pfs.filter(
    (pf) => state.waiting.includes(pf.pci) && !pf.vfs.some((vf) => isHeld(state, vf)),
  );
  for (const pf of ready) {
    state.waiting = state.waiting.filter((pci) => pci !== pf.pci);
    destroyVfs(state, pf);
  }
}

function enable(state: SimState, pf: Pf, count: number): void {
  // udev loads the module for the new function's alias, even if probing is off.
  loadModule(state, cardOf(state).vfDriver);
  for (let index = 0; index < count; index++) pf.vfs.push(newVf(state, pf, index));
  for (const vf of pf.vfs) forgetProbes(state, vf.pci);
  for (const vf of pf.vfs) {
    attach(state, vf);
    if (pf.eswitch === 'switchdev') addRepresentor(state, pf, vf);
  }
  evaluateLag(state);
}

function newVf(state: SimState, pf: Pf, index: number): Vf {
  const card = cardOf(state);
  const offset = card.vfOffset(pf.port, state.numOfVfs) + index * card.vfStride;
  return {
    index,
    pci: pciPlus(pf.pci, offset),
    driver: '',
    driverOverride: '',
    iommuGroup: freeIommuGroup(state),
    admin: newAdmin(card.spoofchkByDefault),
  };
}

function newAdmin(spoofchk: boolean): VfAdmin {
  return {
    mac: zeroMac,
    vlan: 0,
    qos: 0,
    spoofchk,
    trust: false,
    linkState: 'auto',
    maxRate: 0,
    minRate: 0,
  };
}
