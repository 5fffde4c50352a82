import { Refusal } from './errno.ts';
import type { Netdev, SimState } from './state.ts';
import { takeDefaults } from './sysctls.ts';

/** Bytes: the smallest MTU of an Ethernet netdev (ETH_MIN_MTU). */
export const minMtu = 68;

const blank: Omit<
  Netdev,
  'ifindex' | 'name' | 'kind' | 'mac' | 'permMac' | 'altNames' | 'addresses' | 'info'
> = {
  ns: '',
  pci: '',
  vf: -1,
  randomMac: false,
  up: false,
  mtu: 1500,
  maxMtu: 65535,
  alias: '',
  master: 0,
  peer: 0,
  channels: 0,
  maxChannels: 0,
  hwTc: false,
};

export type NewNetdev = Pick<Netdev, 'name' | 'kind' | 'mac'> & Partial<Netdev>;

export function addNetdev(state: SimState, wanted: NewNetdev): Netdev {
  const netdev: Netdev = {
    ...blank,
    permMac: wanted.mac,
    altNames: [],
    addresses: [],
    info: {},
    ...wanted,
    ifindex: wanted.ifindex ?? state.nextIfindex++,
  };
  state.netdevs.push(netdev);
  takeDefaults(state, netdev);
  return netdev;
}

/** By name or alternative name, in one namespace. */
export function findNetdev(state: SimState, ns: string, name: string): Netdev | undefined {
  return state.netdevs.find((n) => n.ns === ns && (n.name === name || n.altNames.includes(name)));
}

export function netdevAt(state: SimState, ifindex: number): Netdev | undefined {
  return ifindex === 0 ? undefined : state.netdevs.find((n) => n.ifindex === ifindex);
}

export function nameInUse(state: SimState, ns: string, name: string): boolean {
  return findNetdev(state, ns, name) !== undefined;
}

export function slavesOf(state: SimState, bond: Netdev): readonly Netdev[] {
  return state.netdevs.filter((n) => n.master === bond.ifindex);
}

export function netdevsOf(state: SimState, pci: string): readonly Netdev[] {
  return state.netdevs.filter((n) => n.pci === pci);
}

/** The function's own netdev, not a representor of one of its VFs. */
export function ownNetdev(state: SimState, pci: string): Netdev | undefined {
  return state.netdevs.find((n) => n.pci === pci && n.kind !== 'representor');
}

/** Two netdevs with one name cannot be in one namespace (net/core/dev.c, dev_change_net_namespace). */
export function refuseCollision(state: SimState, netdev: Netdev, ns: string, names: readonly string[]): void {
  const taken = (name: string) =>
    state.netdevs.some((n) => n !== netdev && n.ns === ns && (n.name === name || n.altNames.includes(name)));
  if (names.some(taken)) throw new Refusal('EEXIST');
}
