import { cardOf } from './functions.ts';
import { countProbe } from './machines/probes.ts';
import { randomMac, zeroMac } from './macs.ts';
import { altNames, pfName, representorName, vfName } from './naming.ts';
import { addNetdev, nameInUse, ownNetdev } from './netdevs.ts';
import { removeNetdev } from './remove.ts';
import type { Netdev, Pf, SimState, Vf } from './state.ts';

/** The port's own driver binds: one netdev, in the host's namespace, down. */
export function probePf(state: SimState, pf: Pf, mac: string): Netdev {
  const card = cardOf(state);
  pf.driver = card.pfDriver;
  return addNetdev(state, {
    kind: 'pf',
    name: pfName(state, pf),
    mac,
    pci: pf.pci,
    altNames: altNames(state, mac, false),
    maxMtu: card.maxMtu,
    channels: card.channels,
    maxChannels: card.maxChannels,
  });
}

/** A VF's driver starts with the MAC that the PF set, or with a random one. */
export function probeVf(state: SimState, pf: Pf, vf: Vf): void {
  const card = cardOf(state);
  vf.driver = card.vfDriver;
  countProbe(state, vf.pci, card.vfDriver);
  const random = vf.admin.mac === zeroMac;
  const mac = random ? randomMac(state) : vf.admin.mac;
  addNetdev(state, {
    kind: 'vf',
    name: freeName(state, vfName(pf, vf)),
    mac,
    randomMac: random,
    pci: vf.pci,
    altNames: altNames(state, mac, random),
    maxMtu: card.maxMtu,
    channels: card.vfChannels,
    maxChannels: card.vfChannels,
  });
}

export function addRepresentor(state: SimState, pf: Pf, vf: Vf): void {
  addNetdev(state, {
    kind: 'representor',
    name: freeName(state, representorName(state, pf, vf)),
    mac: randomMac(state),
    randomMac: true,
    pci: pf.pci,
    vf: vf.index,
    maxMtu: cardOf(state).maxMtu,
    channels: 1,
    maxChannels: cardOf(state).maxChannels,
    hwTc: true,
  });
}

/** udev leaves the kernel's `ethN` if its own choice is taken. */
function freeName(state: SimState, name: string): string {
  if (!nameInUse(state, '', name)) return name;
  let n = 0;
  while (nameInUse(state, '', `eth${n}`)) n += 1;
  return `eth${n}`;
}

export function unprobe(state: SimState, fn: Pick<Pf, 'pci' | 'driver'>): void {
  fn.driver = '';
  const netdev = ownNetdev(state, fn.pci);
  if (netdev) removeNetdev(state, netdev);
}

export function removeRepresentors(state: SimState, pf: Pf): void {
  for (const netdev of state.netdevs.filter((n) => n.kind === 'representor' && n.pci === pf.pci)) {
    removeNetdev(state, netdev);
  }
}
