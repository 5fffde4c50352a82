import { cardOf, pfAt, vfAt } from './functions.ts';
import { netdevAt, ownNetdev, slavesOf } from './netdevs.ts';
import type { Netdev, Pf, SimState, Vf } from './state.ts';

type Rule = (state: SimState, netdev: Netdev) => boolean;

/** Whether a netdev that is up has a carrier, by kind. */
const rules: { readonly [kind in Netdev['kind']]: Rule } = {
  loopback: () => true,
  management: () => true,
  dummy: () => true,
  vxlan: () => true,
  openvswitch: () => true,
  tun: (state) => state.ovs.daemon !== undefined,
  tap: (state, tap) => isOpen(state, tap),
  bridge: (state, bridge) => slavesOf(state, bridge).some((port) => hasCarrier(state, port)),
  representor: () => true,
  pf: (state, netdev) => portHasWire(state, pfAt(state, netdev.pci)),
  vf: (state, netdev) => {
    const found = vfAt(state, netdev.pci);
    return found !== undefined && vfHasCarrier(state, found.pf, found.vf);
  },
  veth: (state, netdev) => netdevAt(state, netdev.peer)?.up ?? false,
  vlan: (state, netdev) => {
    const lower = netdevAt(state, netdev.peer);
    return lower !== undefined && hasCarrier(state, lower);
  },
  bond: (state, bond) => slavesOf(state, bond).some((slave) => slaveIsUp(state, bond, slave)),
};

export function hasCarrier(state: SimState, netdev: Netdev): boolean {
  return netdev.up && rules[netdev.kind](state, netdev);
}

/** Without a monitor, the bond believes every slave to be up forever (facts §8). */
export function slaveIsUp(state: SimState, bond: Netdev, slave: Netdev): boolean {
  const watched = bond.bond !== undefined && (bond.bond.miimon > 0 || bond.bond.arpInterval > 0);
  if (!watched) return slave.up;
  return hasCarrier(state, slave) && (bond.bond?.miimon !== 0 || hearsSwitch(state, slave));
}

/** ARP monitoring asks hosts behind the switch; the link says nothing about them (facts §8). */
function hearsSwitch(state: SimState, slave: Netdev): boolean {
  const port = pfAt(state, slave.pci)?.port ?? vfAt(state, slave.pci)?.pf.port;
  return port === undefined || !(state.deadSwitches?.[port] ?? false);
}

/** Whether anything this netdev sends arrives: through its port, or through a bond's active slave. */
export function reachesWire(state: SimState, netdev: Netdev): boolean {
  if (!hasCarrier(state, netdev)) return false;
  if (netdev.kind === 'vlan') {
    const lower = netdevAt(state, netdev.peer);
    return lower !== undefined && reachesWire(state, lower);
  }
  if (!netdev.bond) return hearsSwitch(state, netdev);
  const active = netdevAt(state, netdev.bond.active);
  return active !== undefined && hearsSwitch(state, active);
}

/** A process has the tap open (tun_attach). */
export function isOpen(state: SimState, tap: Netdev): boolean {
  return state.processes.some((process) => process.taps.includes(tap.ifindex));
}

function portHasWire(state: SimState, pf: Pf | undefined): boolean {
  return pf !== undefined && (state.cables[pf.port] ?? false);
}

/** Legacy: the port's carrier, unless the link state is set; switchdev: the representor's admin state (facts §13.9). */
function vfHasCarrier(state: SimState, pf: Pf, vf: Vf): boolean {
  if (pf.eswitch === 'switchdev') return representorIsUp(state, pf, vf);
  if (vf.admin.linkState !== 'auto') return vf.admin.linkState === 'enable';
  const pfUp = ownNetdev(state, pf.pci)?.up ?? false;
  return pfUp && (!cardOf(state).vfSeesCable || portHasWire(state, pf));
}

function representorIsUp(state: SimState, pf: Pf, vf: Vf): boolean {
  return state.netdevs.some((n) => n.kind === 'representor' && n.pci === pf.pci && n.vf === vf.index && n.up);
}
