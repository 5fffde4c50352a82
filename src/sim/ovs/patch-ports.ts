import type { WantedBridge, WantedIface } from './bridge-wants.ts';
import { entry } from './database.ts';

/** Patch ports form a pair only if each names the other, in bridges of one kind (ofproto-dpif.c; seen on 3.1). */
export function peerFault(bridge: WantedBridge, iface: WantedIface, all: readonly WantedBridge[]): string {
  const peer = entry(iface.row, 'options', 'peer');
  const isPeer = (other: WantedIface) =>
    other.type === 'patch' && other.name === peer && entry(other.row, 'options', 'peer') === iface.name;
  const found = all.some((other) => other.datapath === bridge.datapath && other.ifaces.some(isPeer));
  return found ? '' : `No usable peer '${peer}' exists in '${bridge.datapath}' datapath.`;
}
