import { hash } from 'node:crypto';
import type { GuestName, HostName, IfName, NetworkName } from '../model/names.ts';
import { underlayBridgeName } from '../model/underlay-bridge.ts';

/** `br-storage`; a longer network's name is cut and given a tail of its own, and so is `phy`. */
export function bridgeName(network: NetworkName): IfName {
  return network.length <= 12 && `br-${network}` !== underlayBridgeName
    ? (`br-${network}` as IfName)
    : (`br-${network.slice(0, 7)}-${tail(network)}` as IfName);
}

/** A guest's port on its network's bridge: `ceph1-9fbeca`. */
export function guestPortName(guest: GuestName, network: NetworkName): IfName {
  return `${guest.slice(0, 8)}-${tail(`${guest}/${network}`, 6)}` as IfName;
}

/** The tunnel of a network to another host: `to-beta-20c2`. */
export function tunnelPortName(host: HostName, network: NetworkName): IfName {
  return `to-${host.slice(0, 7)}-${tail(`${host}/${network}`)}` as IfName;
}

/** Where a network meets a VLAN of the physical network: `up-storage-49a2`. */
export function uplinkPortName(network: NetworkName): IfName {
  return `up-${network.slice(0, 7)}-${tail(network)}` as IfName;
}

/** The other end of it, on the underlay's bridge. */
export function patchPortName(network: NetworkName): IfName {
  return `vl-${network.slice(0, 7)}-${tail(network)}` as IfName;
}

/** A tail that tells apart names that begin alike, within a netdev's 15 characters. */
function tail(text: string, digits = 4): string {
  return hash('sha256', text, 'hex').slice(0, digits);
}
