import { settleBonds } from './bond.ts';
import { type BondOptions, setBondOptions } from './bond-options.ts';
import { changeMac, enslave, release } from './enslave.ts';
import { Refusal } from './errno.ts';
import { kernelOf } from './functions.ts';
import { isMulticast, zeroMac } from './macs.ts';
import { setMtu } from './mtu.ts';
import { moveNetdev } from './namespaces.ts';
import { netdevAt, refuseCollision } from './netdevs.ts';
import { close } from './remove.ts';
import type { Netdev, SimState } from './state.ts';
import { setVf, type VfSettings } from './vf-admin.ts';
import { open, refuseOnDownLower } from './vlans.ts';

export interface LinkSettings {
  readonly ns?: string;
  readonly mac?: string;
  readonly mtu?: number;
  readonly name?: string;
  readonly alias?: string;
  readonly up?: boolean;
  /** ifindex, 0 for none. */
  readonly master?: number;
  readonly vf?: VfSettings;
  readonly bond?: BondOptions;
}

/** In the order of net/core/rtnetlink.c, do_setlink: what came before a refusal stays set. Returns warnings. */
export function setLink(state: SimState, netdev: Netdev, settings: LinkSettings): readonly string[] {
  if (settings.bond !== undefined) changeBond(state, netdev, settings.bond);
  if (settings.ns !== undefined) moveNetdev(state, netdev, settings.ns, settings.name);
  if (settings.mac !== undefined) setMac(state, netdev, settings.mac);
  if (settings.mtu !== undefined) setMtu(state, netdev, settings.mtu);
  if (settings.name !== undefined && settings.name !== netdev.name) rename(state, netdev, settings.name);
  if (settings.alias !== undefined) netdev.alias = settings.alias;
  if (settings.up !== undefined) setUp(state, netdev, settings.up);
  const warnings = settings.master === undefined ? [] : setMaster(state, netdev, settings.master);
  if (settings.vf !== undefined) setVf(state, netdev, settings.vf);
  settleBonds(state);
  return warnings;
}

function changeBond(state: SimState, netdev: Netdev, options: BondOptions): void {
  if (!netdev.bond) throw new Refusal('EOPNOTSUPP');
  setBondOptions(state, netdev, netdev.bond, options);
}

function setMac(state: SimState, netdev: Netdev, mac: string): void {
  if (isMulticast(mac) || mac === zeroMac) throw new Refusal('EADDRNOTAVAIL');
  changeMac(state, netdev, mac);
  netdev.randomMac = false;
}

function rename(state: SimState, netdev: Netdev, name: string): void {
  if (netdev.up && !kernelOf(state).renamesLive) throw new Refusal('EBUSY');
  refuseCollision(state, netdev, netdev.ns, [name]);
  if (netdev.altNames.includes(name)) throw new Refusal('EEXIST');
  netdev.name = name;
}

function setUp(state: SimState, netdev: Netdev, up: boolean): void {
  if (netdev.up === up) return;
  if (!up) {
    close(state, netdev);
    return;
  }
  refuseOnDownLower(state, netdev);
  open(state, netdev);
}

function setMaster(state: SimState, netdev: Netdev, master: number): readonly string[] {
  if (netdev.master === master) return [];
  const current = netdevAt(state, netdev.master);
  // Only OVS can release a port of its datapath, which has no ndo_del_slave.
  if (current?.kind === 'openvswitch') throw new Refusal('EOPNOTSUPP');
  if (current) release(state, current, netdev);
  if (master === 0) return [];
  const upper = netdevAt(state, master);
  if (!upper || upper.ns !== netdev.ns) throw new Refusal('EINVAL');
  return enslave(state, upper, netdev);
}
