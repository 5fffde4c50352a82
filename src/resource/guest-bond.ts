import type { HostSpec, LaneSpec } from '../model/host-spec.ts';
import type { BondState, LinkState } from '../model/host-state.ts';
import type { Json } from '../model/json.ts';
import { monitorWords } from '../model/link-monitor.ts';
import type { Probe, Text } from '../model/plan.ts';
import {
  type LocalLane,
  laneAt,
  lanePlace,
  linksIn,
  localLanes,
  placedIn,
  standsInNamespace,
} from './guest-place.ts';
import { monitorOf } from './link-monitor.ts';
import { nothing, type Resource } from './resource.ts';

/** A guest's bond over a VF of each port. Addresses are a resource of their own. */
type Bond = {
  readonly members: readonly string[];
  readonly mtu: number;
  readonly monitor: string;
  readonly primary: string;
  readonly up: boolean;
  /** Members that are administratively down; absent if there are none. */
  readonly down?: readonly string[];
};

/**
 * The bond inside a guest on this host: active-backup with `fail_over_mac=active`, because each of its VFs has its own MAC, and
 * `num_grat_arp=3`, so that the switches learn where it has moved (facts §8).
 */
export const guestBond: Resource = {
  kind: 'guest-bond',
  transaction: 'namespace',
  timeoutMs: 10_000,
  made: true,
  wanted: (spec) =>
    bondedLanes(spec).map(({ lane, namespace }) => ({
      at: laneAt(namespace, lane.bond),
      value: wantedBond(lane),
    })),
  there: (state) =>
    placedIn(state, (links, namespace) =>
      links.flatMap((link) =>
        link.bond ? [{ at: laneAt(namespace, link.name), value: seenBond(link, link.bond, links) }] : [],
      ),
    ),
  standsOn: (at, value) => {
    const { namespace } = lanePlace(at);
    const members = (value as Bond).members.map((member) => `netns-vf ${laneAt(namespace, member)}`);
    return [...members, ...standsInNamespace(namespace)];
  },
  replaced: (from, to) => shape(from as Bond) !== shape(to as Bond),
  move: (at, from, to) => {
    const { namespace, ifName } = lanePlace(at);
    const lines = batch(ifName, from as Bond | null, to as Bond | null);
    if (lines.length === 0) return nothing;
    return { batch: lines, ...(namespace === null ? {} : { namespace }) };
  },
  settled: (at, to) => (to === null ? [] : probes(at, to as Bond)),
  // A new MTU or primary is set while the bond runs.
  takes: (at, _from, to) => {
    const { namespace } = lanePlace(at);
    if (to !== null) return undefined;
    return namespace === null ? { lane: at } : { guest: namespace };
  },
  together: (at) => lanePlace(at).namespace ?? '',
  why: (_from, to) =>
    to === null
      ? 'Take the guest’s bonds apart.'
      : 'Bond the two VFs of each lane, so that it survives a dead port or switch.',
};

/** A lane of one VF has nothing to bond: the card's own LAG fails over below it. */
function bondedLanes(spec: HostSpec): readonly LocalLane[] {
  return localLanes(spec).filter(({ lane }) => lane.members.length > 1);
}

function wantedBond(lane: LaneSpec): Bond {
  const members = lane.members.map((member) => member.ifName);
  return { members, mtu: lane.mtu, monitor: monitorWords(lane.monitor), primary: members[0] ?? '', up: true };
}

/** A bond that differs in something that only its creation can set is shown as it is, and is then recreated. */
function seenBond(link: LinkState, bond: BondState, links: readonly LinkState[]): Bond {
  const members = links.filter((other) => other.master === link.name).map((other) => other.name);
  const odd = [
    ...(bond.mode === 'active-backup' ? [] : [`mode ${bond.mode}`]),
    ...(bond.failOverMac === 'active' ? [] : [`fail_over_mac ${bond.failOverMac}`]),
    ...(bond.numGratArp === 3 ? [] : [`num_grat_arp ${bond.numGratArp}`]),
  ];
  const monitor = [...odd, monitorOf(bond)].join(' ');
  const down = links.filter((other) => other.master === link.name && !other.up).map((other) => other.name);
  return {
    members: members.sort(),
    mtu: link.mtu,
    monitor,
    primary: bond.primary ?? '',
    up: link.up,
    ...(down.length === 0 ? {} : { down: down.sort() }),
  };
}

function shape(bond: Bond): string {
  return JSON.stringify([bond.members, bond.monitor]);
}

function batch(name: string, from: Bond | null, to: Bond | null): readonly Text[] {
  if (to === null) return from === null ? [] : [`link del dev ${name}`];
  return [...(from === null ? making(name, to) : []), ...setting(name, from ?? { mtu: to.mtu }, to)];
}

/**
 * Members are enslaved while down: bonding refuses others (facts §5). It brings them up itself, unless they
 * were its members already, on a way back. The bond gets its MTU first, and passes it to each member while that is down
 * (bond_main.c, bond_enslave): a member that is up would reset itself for it.
 */
function making(name: string, bond: Bond): readonly Text[] {
  const recipe = 'type bond mode active-backup fail_over_mac active num_grat_arp 3';
  return [
    `link add name ${name} ${recipe} ${bond.monitor}`,
    `link set dev ${name} mtu ${bond.mtu}`,
    ...bond.members.flatMap((member) => [
      `link set dev ${member} down`,
      `link set dev ${member} master ${name}`,
      `link set dev ${member} up`,
    ]),
  ];
}

function setting(name: string, from: Partial<Bond>, to: Bond): readonly Text[] {
  return [
    ...(from.mtu === to.mtu ? [] : [`link set dev ${name} mtu ${to.mtu}`]),
    ...(from.primary === to.primary ? [] : [`link set dev ${name} type bond primary ${to.primary}`]),
    ...(from.up === to.up ? [] : [`link set dev ${name} ${to.up ? 'up' : 'down'}`]),
    ...raised(from, to).map((member) => `link set dev ${member} up`),
    ...raised(to, from).map((member) => `link set dev ${member} down`),
  ];
}

/** Members that are down in one and not in the other. */
function raised(one: Partial<Bond>, other: Partial<Bond>): readonly string[] {
  return (one.down ?? []).filter((member) => !other.down?.includes(member));
}

function probes(at: string, to: Bond): readonly Probe[] {
  const { namespace, ifName } = lanePlace(at);
  const query = linksIn(namespace);
  const bond = `ifname=${ifName}`;
  return [
    { query, at: [bond, 'mtu'], is: to.mtu },
    { query, at: [bond, 'flags', '=UP'], is: to.up ? 'UP' : null },
    { query, at: [bond, 'linkinfo', 'info_data', 'primary'], is: to.primary as Json },
    ...to.members.flatMap((member) => [
      { query, at: [`ifname=${member}`, 'master'], is: ifName },
      { query, at: [`ifname=${member}`, 'flags', '=UP'], is: to.down?.includes(member) ? null : 'UP' },
    ]),
  ];
}
