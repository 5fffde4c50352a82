import type { HostBondSpec } from '../model/host-spec.ts';
import type { BondState, HostState, LinkState } from '../model/host-state.ts';
import { monitorWords } from '../model/link-monitor.ts';
import { asPciAddress } from '../model/names.ts';
import type { Probe, Text } from '../model/plan.ts';
import { isUnseen } from '../model/unseen.ts';
import { monitorOf } from './link-monitor.ts';
import { nothing, type Resource } from './resource.ts';

/** `members` are PFs, because a netdev's name changes with the mode and the release; or netdevs of a host without a card. */
type Bond = {
  readonly members: readonly string[];
  readonly mtu: number;
  readonly monitor: string;
  readonly up: boolean;
};

/**
 * The kernel's bond of the ports: it carries the underlay, and makes the card join its two switches. Its members are
 * down when they are enslaved (facts §5), and no VF may be bound meanwhile (facts §1.2).
 */
export const hostBond: Resource = {
  kind: 'host-bond',
  timeoutMs: 10_000,
  made: true,
  wanted: (spec) =>
    spec.underlay?.bond
      ? [{ at: spec.underlay.bond.name, value: wantedBond(spec.underlay.bond, spec.underlay.mtu) }]
      : [],
  there: (state) =>
    isUnseen(state.links)
      ? [{ at: '*', value: state.links }]
      : state.links.flatMap((link) =>
          link.bond ? [{ at: link.name, value: seenBond(state, link, link.bond) }] : [],
        ),
  standsOn: (_at, value) => (value as Bond).members.map((member) => `eswitch ${member}`),
  // The kernel closes a member that it releases (bond_main.c, __bond_release_one). A PF has a resource of its own for that.
  disturbs: (value) =>
    (value as Bond).members
      .filter((member) => asPciAddress(member) === undefined)
      .map((member) => `underlay-link ${member}`),
  replaced: (from, to) => shape(from as Bond) !== shape(to as Bond),
  // Without members it carries nothing; and a change of its MTU is one of the ports below, which reset themselves.
  takes: (_at, from, to) => {
    const { members = [], mtu } = (from ?? {}) as Partial<Bond>;
    const isSame = to !== null && (to as Bond).mtu === mtu;
    return members.length === 0 || isSame ? undefined : 'everything';
  },
  move: (at, from, to) => {
    const lines = batch(at, from as Bond | null, to as Bond | null);
    return lines.length === 0 ? nothing : { batch: lines };
  },
  settled: (at, to) => (to === null ? [] : probes(at, to as Bond)),
  why: (_from, to) =>
    to === null
      ? 'Take the bond of the ports apart.'
      : 'Bond the ports, each taken down first: bonding accepts no port that is up.',
};

function wantedBond({ members, monitor }: HostBondSpec, mtu: number): Bond {
  return { members: [...members].sort(), mtu, monitor: monitorWords(monitor), up: true };
}

function seenBond(state: HostState, link: LinkState, bond: BondState): Bond {
  const links = isUnseen(state.links) ? [] : state.links;
  const slaves = links.filter((other) => other.master === link.name).map((other) => other.name);
  const members = slaves.map((name) => state.pfs.find((pf) => pf.netdev === name)?.pci ?? name);
  const odd = bond.mode === 'active-backup' ? '' : `mode ${bond.mode} `;
  return {
    members: members.sort(),
    mtu: link.mtu,
    monitor: `${odd}${monitorOf(bond)}`,
    up: link.up,
  };
}

function shape({ members, monitor }: Bond): string {
  return JSON.stringify([members, monitor]);
}

function batch(name: string, from: Bond | null, to: Bond | null): readonly Text[] {
  if (to === null) return from === null ? [] : [`link del dev ${name}`];
  return [
    ...(from === null ? making(name, to) : []),
    ...(from?.mtu === to.mtu ? [] : [`link set dev ${name} mtu ${to.mtu}`]),
    ...(from?.up === to.up ? [] : [`link set dev ${name} ${to.up ? 'up' : 'down'}`]),
    ...(from === null ? opened(to) : []),
  ];
}

function making(name: string, bond: Bond): readonly Text[] {
  return [
    `link add name ${name} type bond mode active-backup ${bond.monitor}`,
    ...bond.members.flatMap((member): readonly Text[] => {
      const pf = asPciAddress(member);
      const netdev = pf === undefined ? member : { netdev: { pf } };
      return [
        ['link set dev ', netdev, ' down'],
        ['link set dev ', netdev, ` master ${name}`],
      ];
    }),
  ];
}

/** Bonding brings up what it enslaves; a member that it already had stays down. A PF is brought up by a step of its own. */
function opened({ members }: Bond): readonly Text[] {
  return members
    .filter((member) => asPciAddress(member) === undefined)
    .map((member) => `link set dev ${member} up`);
}

function probes(name: string, to: Bond): readonly Probe[] {
  const query = ['ip', '-j', '-d', 'link', 'show', 'dev', name];
  return [
    { query, at: ['0', 'mtu'], is: to.mtu },
    { query, at: ['0', 'flags', '=UP'], is: to.up ? 'UP' : null },
  ];
}
