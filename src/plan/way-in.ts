import type { HostState, LinkState } from '../model/host-state.ts';
import type { Change, Step } from '../model/plan.ts';
import { isUnseen } from '../model/unseen.ts';

/**
 * True if a step changes something over which the operator is connected: the netdev of the session itself, or one below it,
 * as a member of its bond or bridge or under its VLAN. The settings of single VFs do not count.
 */
export function touchesWayIn(state: HostState, steps: readonly Step[]): boolean {
  const { session, links, pfs, functions = [] } = state;
  if (session === undefined || isUnseen(links)) return false;
  const ways = below(session, links);
  const carrying = [...pfs, ...functions].filter(({ netdev }) => netdev !== undefined && ways.has(netdev));
  const isByOvs = [...ways].some((name) => isOfOvs(name, state));
  const touches = (change: Change) =>
    carrying.some(({ pci }) => change.at === pci) ||
    (netdevKinds.has(change.resource) && [...ways].some((name) => concerns(change, name))) ||
    (change.resource === 'ovs-setting' && isByOvs);
  return steps.some(({ changes }) => changes.some(touches));
}

/** Resources whose place is one of the host's own netdevs, or which take such netdevs as members. */
const netdevKinds: ReadonlySet<string> = new Set([
  'host-bond',
  'vlan-link',
  'underlay-bridge',
  'underlay-link',
  'underlay-address',
]);

/** A place is a netdev, or begins with one. Names in values are compared with their quotes: `eth1` is not `eth10`. */
function concerns({ at, from, to }: Change, name: string): boolean {
  return (
    at === name || at.startsWith(`${name}/`) || JSON.stringify([from, to]).includes(JSON.stringify(name))
  );
}

/** A bridge of Open vSwitch, or a port of one: it stands still while Open vSwitch is restarted. */
function isOfOvs(name: string, { ovs }: HostState): boolean {
  if (ovs === undefined || isUnseen(ovs)) return false;
  return ovs.bridges.some(
    (bridge) => bridge.name === name || bridge.ports.some((port) => port.name === name),
  );
}

/** A netdev and everything it stands on. */
function below(session: string, links: readonly LinkState[]): ReadonlySet<string> {
  const ways = new Set([session]);
  for (const name of ways) {
    for (const link of links) {
      if (link.master === name) ways.add(link.name);
      if (link.name === name && link.lower !== undefined) ways.add(link.lower);
    }
  }
  return ways;
}
