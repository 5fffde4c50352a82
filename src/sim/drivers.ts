import { Blocked, Refusal } from './errno.ts';
import { cardOf, functionAt, isHeld, pfAt, vfAt } from './functions.ts';
import { evaluateLag } from './lag.ts';
import type { BoardDevice } from './machines/machine.ts';
import { countProbe } from './machines/probes.ts';
import { burntIn } from './macs.ts';
import { holdsWhole } from './ovs/dpdk-whole.ts';
import { probePf, probeVf, unprobe } from './probe.ts';
import type { Pf, SimState, Vf } from './state.ts';

type Fn = Pf | Vf | BoardDevice;

/** PCI drivers that a host can load → the module that contains them. */
const modules: { readonly [driver: string]: string } = {
  mlx5_core: 'mlx5_core',
  igb: 'igb',
  tg3: 'tg3',
  igbvf: 'igbvf',
  'vfio-pci': 'vfio_pci',
  nvme: 'nvme',
  nouveau: 'nouveau',
  snd_hda_intel: 'snd_hda_intel',
};

export function loadModule(state: SimState, name: string): void {
  const module = name.replaceAll('-', '_');
  if (!state.modules.includes(module)) state.modules.push(module);
}

export function pciDrivers(state: SimState): readonly string[] {
  return Object.keys(modules).filter((driver) => state.modules.includes(modules[driver] ?? ''));
}

export function boundTo(state: SimState, driver: string): readonly Fn[] {
  return everyFunction(state).filter((fn) => fn.driver === driver);
}

function everyFunction(state: SimState): readonly Fn[] {
  return [...state.pfs.flatMap((pf) => [pf, ...pf.vfs]), ...(state.boardDevices ?? [])];
}

function ids(state: SimState, fn: Fn): { readonly vendor: string; readonly device: string } {
  if ('native' in fn) return fn;
  const card = cardOf(state);
  return { vendor: card.vendor, device: 'port' in fn ? card.device : card.vfDevice };
}

/** drivers/pci/pci-driver.c, pci_match_device: an override excludes every other driver. */
function matches(state: SimState, driver: string, fn: Fn): boolean {
  if (fn.driverOverride !== '') return fn.driverOverride === driver;
  const native = 'native' in fn ? fn.native : 'port' in fn ? cardOf(state).pfDriver : cardOf(state).vfDriver;
  const { vendor, device } = ids(state, fn);
  return (
    driver === native ||
    state.dynamicIds.some((id) => id.driver === driver && id.vendor === vendor && id.device === device)
  );
}

/** pci_device_can_probe: with autoprobe off a VF is bound only through driver_override (facts §3.3). */
function mayProbe(state: SimState, fn: Fn): boolean {
  const owner = vfAt(state, fn.pci);
  return owner === undefined || owner.pf.autoprobe || fn.driverOverride !== '';
}

function probe(state: SimState, driver: string, fn: Fn): void {
  if (!mayProbe(state, fn)) throw new Refusal('ENODEV');
  if (driver === 'vfio-pci') {
    if (!state.iommu) throw new Refusal('EINVAL');
    fn.driver = driver;
    countProbe(state, fn.pci, driver);
    return;
  }
  const owner = vfAt(state, fn.pci);
  if (owner) probeVf(state, owner.pf, owner.vf);
  else if ('native' in fn) fn.driver = driver;
  else if ('port' in fn) probePf(state, fn, burntIn(cardOf(state).ouis, state.name, fn.port));
}

/** The bus binds a driverless function to the first matching driver; it is no error if none matches (device_attach). */
export function attach(state: SimState, fn: Fn): void {
  const driver = pciDrivers(state).find((d) => matches(state, d, fn));
  if (fn.driver !== '' || driver === undefined) return;
  try {
    probe(state, driver, fn);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
  }
}

function known(state: SimState, text: string): Fn {
  const fn = functionAt(state, text.trim());
  if (!fn) throw new Refusal('ENODEV');
  return fn;
}

export function writeProbe(state: SimState, text: string): void {
  const fn = known(state, text);
  attach(state, fn);
  evaluateLag(state);
}

export function writeBind(state: SimState, driver: string, text: string): void {
  const fn = known(state, text);
  if (!matches(state, driver, fn)) throw new Refusal('ENODEV');
  if (fn.driver !== '') throw new Refusal('EBUSY');
  probe(state, driver, fn);
}

/** Unbinding a function that a guest holds blocks until the guest releases it. */
export function writeUnbind(state: SimState, driver: string, text: string): void {
  const fn = known(state, text);
  if (fn.driver !== driver) throw new Refusal('ENODEV');
  const vfs = 'vfs' in fn ? fn.vfs : [fn];
  if (vfs.some((vf) => isHeld(state, vf))) throw new Blocked('a guest holds the function');
  if (holdsWhole(state, fn.pci)) throw new Blocked('DPDK holds the function');
  if ('vfs' in fn) resetPf(state, fn);
  unprobe(state, fn);
  evaluateLag(state);
}

/** A PF without a driver has no VFs and no eswitch. */
function resetPf(state: SimState, pf: Pf): void {
  for (const vf of pf.vfs) unprobe(state, vf);
  state.netdevs = state.netdevs.filter((n) => !(n.kind === 'representor' && n.pci === pf.pci));
  pf.vfs = [];
  pf.eswitch = 'legacy';
}

/** An empty line clears it; it binds or unbinds nothing. */
export function writeOverride(fn: Fn, text: string): void {
  fn.driverOverride = text.replace(/\n[\s\S]*$/, '');
}

function parseId(text: string): { readonly vendor: string; readonly device: string } {
  const found = /^\s*([0-9a-f]{1,8})\s+([0-9a-f]{1,8})/i.exec(text.replaceAll('0x', ''));
  if (!found) throw new Refusal('EINVAL');
  const hex = (word = '') => word.toLowerCase().padStart(4, '0');
  return { vendor: hex(found[1]), device: hex(found[2]) };
}

/** Binds every driverless function with this id, whoever owns it (facts §3.3). */
export function writeNewId(state: SimState, driver: string, text: string): void {
  const id = parseId(text);
  const card = cardOf(state);
  const isStatic =
    id.vendor === card.vendor &&
    ((driver === card.pfDriver && id.device === card.device) ||
      (driver === card.vfDriver && id.device === card.vfDevice));
  const isDynamic = state.dynamicIds.some((d) => d.driver === driver && sameId(d, id));
  if (isStatic || isDynamic) throw new Refusal('EEXIST');
  state.dynamicIds.push({ driver, ...id });
  for (const fn of everyFunction(state)) {
    if (fn.driver !== '' || !matches(state, driver, fn) || !mayProbe(state, fn)) continue;
    if (driver !== 'vfio-pci' || state.iommu) probe(state, driver, fn);
  }
}

function sameId(a: { vendor: string; device: string }, b: { vendor: string; device: string }): boolean {
  return a.vendor === b.vendor && a.device === b.device;
}

export function writeRemoveId(state: SimState, driver: string, text: string): void {
  const id = parseId(text);
  const before = state.dynamicIds.length;
  state.dynamicIds = state.dynamicIds.filter((d) => !(d.driver === driver && sameId(d, id)));
  if (state.dynamicIds.length === before) throw new Refusal('ENODEV');
}

export function writeAutoprobe(state: SimState, pci: string, text: string): void {
  const word = text.trim().toLowerCase();
  const pf = pfAt(state, pci);
  if (!pf || !/^(1|0|y|n|yes|no|on|off|t|f)/.test(word)) throw new Refusal('EINVAL');
  pf.autoprobe = /^(1|y|on|t)/.test(word);
}
