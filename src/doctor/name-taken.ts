import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { HostState, LinkState } from '../model/host-state.ts';
import type { OvsState } from '../model/ovs-state.ts';
import { isUnseen } from '../model/unseen.ts';
import { type Examined, placeOf, type Rule } from './rule.ts';

/** The kernel and Open vSwitch refuse a second netdev or port with the same name, so it is reported before the first step. */
export const nameTaken: Rule = (examined) => [
  ...netdevsTaken(examined),
  ...portsTaken(examined),
  ...bondsTaken(examined),
];

/** A guest that is the host itself has its bonds among the host's own netdevs, one of which may carry the operator's way in. */
function bondsTaken({ fabric, host, spec, state }: Examined): readonly Finding[] {
  if (isUnseen(state.links)) return [];
  const others = state.links.filter(({ bond }) => bond === undefined).map(({ name }) => name);
  const where = placeOf({ fabric, host }, 'guests');
  return spec.guests
    .filter(({ kind }) => kind === 'host')
    .flatMap(({ name, lanes }) =>
      lanes
        .filter(({ bond, members }) => members.length > 1 && others.includes(bond))
        .map(({ bond, network }) =>
          finding(
            'VF2056',
            where,
            `${host.name}: ${bond} is a netdev of the host, but ${name} would use that name for its bond on the network ${network}`,
            'Give the network another name.',
          ),
        ),
    );
}

function netdevsTaken(examined: Examined): readonly Finding[] {
  const { spec, state } = examined;
  if (spec.overlay === undefined || isUnseen(state.links)) return [];
  const guests = new Set(guestPorts(spec));
  const bridges = new Set(missingBridges(spec, state));
  return state.links
    .filter(
      (link) =>
        (guests.has(link.name) && !isGuestPort(link)) ||
        bridges.has(link.name) ||
        (link.name === spec.underlay?.bond?.name && link.bond === undefined),
    )
    .map(({ name, kind }) => {
      const bridge = state.ovs && !isUnseen(state.ovs) ? bridgeOf(name, state.ovs) : undefined;
      return taken(
        examined,
        `${name} is somebody else’s netdev (${kind ?? 'of a card'})`,
        bridge === undefined
          ? `ip link set dev ${name} down name ${name.slice(0, 11)}-old`
          : `ovs-vsctl del-port ${bridge} ${name}`,
      );
    });
}

function bridgeOf(port: string, { bridges }: OvsState): string | undefined {
  return bridges.find(({ ports }) => ports.some(({ name }) => name === port))?.name;
}

/** The host's ends of the guests' veth pairs and taps. */
function guestPorts({ overlay }: HostSpec): readonly string[] {
  return (overlay?.bridges ?? []).flatMap(({ guestPorts: ports }) => ports.map(({ port }) => port));
}

/** A representor names its port of the card; the others are marked when they are made. */
function isGuestPort({ physPortName, alias }: LinkState): boolean {
  return physPortName !== undefined || alias?.startsWith('vflane') === true;
}

/** Bridges that Open vSwitch is to make; the plan itself finds an existing one that is not vflane's. */
function missingBridges({ overlay, underlay }: HostSpec, { ovs }: HostState): readonly string[] {
  if (ovs === undefined || isUnseen(ovs)) return [];
  const there = new Set(ovs.bridges.map(({ name }) => name));
  const wanted = [...(overlay?.bridges ?? []), ...(underlay?.bridge ? [underlay.bridge] : [])];
  return wanted.map(({ name }): string => name).filter((name) => !there.has(name));
}

function portsTaken(examined: Examined): readonly Finding[] {
  const { spec, state } = examined;
  if (state.ovs === undefined || isUnseen(state.ovs)) return [];
  const homes = new Map(
    (spec.overlay?.bridges ?? []).flatMap(({ name, guestPorts: guests, tunnels, uplink }) =>
      [...guests, ...tunnels, ...(uplink ? [uplink] : [])].map(({ port }): [string, string] => [port, name]),
    ),
  );
  return state.ovs.bridges
    .filter(({ externalIds }) => externalIds['vflane-network'] === undefined)
    .flatMap(({ name: bridge, ports }) =>
      ports
        .filter(({ name }) => homes.has(name))
        .map(({ name }) =>
          taken(
            examined,
            `${name} is a port of the bridge ${bridge}`,
            `ovs-vsctl del-port ${bridge} ${name}`,
          ),
        ),
    );
}

function taken(examined: Examined, what: string, remedy: string): Finding {
  return finding(
    'VF2056',
    placeOf(examined, 'guests'),
    `${examined.host.name}: ${what}, but vflane would use that name`,
    `If nothing needs it by that name: ${remedy}.`,
  );
}
