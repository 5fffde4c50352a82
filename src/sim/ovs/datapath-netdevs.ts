import { randomMac } from '../macs.ts';
import { addNetdev, findNetdev } from '../netdevs.ts';
import { removeNetdev } from '../remove.ts';
import type { Netdev, SimState } from '../state.ts';
import { tapInfo } from '../taps.ts';
import type { WantedBridge } from './bridge-wants.ts';

/** The netdev that represents a whole datapath: `ovs-system` is the master of the kernel datapath's ports. */
const datapathNetdev = { system: 'ovs-system', netdev: 'ovs-netdev' } as const;
const kindOf = { system: 'openvswitch', netdev: 'tun' } as const;

export function ensureDatapaths(state: SimState, wanted: readonly WantedBridge[]): void {
  for (const datapath of ['system', 'netdev'] as const) {
    const isUsed = wanted.some((bridge) => bridge.datapath === datapath);
    if (isUsed && !findNetdev(state, '', datapathNetdev[datapath]))
      add(state, datapath, datapathNetdev[datapath]);
  }
}

/** Removes datapaths without bridges, and releases their ports. */
export function dropDatapaths(state: SimState, wanted: readonly WantedBridge[]): void {
  for (const datapath of ['system', 'netdev'] as const) {
    if (wanted.some((bridge) => bridge.datapath === datapath)) continue;
    const netdev = findNetdev(state, '', datapathNetdev[datapath]);
    if (netdev?.kind === kindOf[datapath]) removeNetdev(state, netdev);
  }
}

export function kernelDatapath(state: SimState): Netdev | undefined {
  return findNetdev(state, '', datapathNetdev.system);
}

function add(state: SimState, datapath: WantedBridge['datapath'], name: string): Netdev {
  const mac = randomMac(state);
  const maxMtu = datapath === 'system' ? 65535 : 65521;
  const info = datapath === 'netdev' ? tapInfo() : {};
  return addNetdev(state, { kind: kindOf[datapath], name, mac, randomMac: true, maxMtu, info });
}

/** The netdev of an internal port, which starts down. Undefined if the name is taken. */
export function internalNetdev(
  state: SimState,
  datapath: WantedBridge['datapath'],
  name: string,
): Netdev | undefined {
  const there = findNetdev(state, '', name);
  if (!there) return add(state, datapath, name);
  return there.kind === kindOf[datapath] ? there : undefined;
}

export function localNetdev(state: SimState, wanted: WantedBridge): Netdev | undefined {
  return internalNetdev(state, wanted.datapath, wanted.name);
}
