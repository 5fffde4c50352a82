import { finding } from '../model/catalogue.ts';
import type { BridgeSpec, HostSpec } from '../model/host-spec.ts';
import { placeOf, type Rule } from './rule.ts';

/**
 * A netdev's name has at most 15 characters, so long names are shortened to their beginning and four or six digits of a hash, and two
 * that begin alike may become the same. Open vSwitch takes a port's name once (vswitch.ovsschema): the second would be lost.
 */
export const namesClash: Rule = (examined) => {
  const first = new Map<string, string>();
  return namesOf(examined.spec).flatMap(([name, what]) => {
    const other = first.get(name);
    first.set(name, other ?? what);
    if (other === undefined) return [];
    return [
      finding(
        'VF2069',
        placeOf(examined, 'guests'),
        `${examined.host.name}: ${name} would be the name of ${other}, and of ${what}`,
        'Give one of them a name that begins otherwise.',
      ),
    ];
  });
};

function namesOf({ overlay, underlay }: HostSpec): readonly (readonly [name: string, what: string])[] {
  const road = new Set([underlay?.bond?.name, underlay?.netdev, ...(underlay?.ports ?? [])]);
  return [
    ...[...road].flatMap((name) => (name === undefined ? [] : [[name, 'a netdev of the underlay'] as const])),
    ...(overlay?.bridges ?? []).flatMap(namesAt),
    ...(overlay?.patches ?? []).map(
      ({ port, network }) => [port, `the patch to network ${network}`] as const,
    ),
  ];
}

function namesAt({ name, network, guestPorts, tunnels, uplink }: BridgeSpec) {
  return [
    [name, `the bridge of network ${network}`] as const,
    ...guestPorts.map(({ port, guest }) => [port, `the port of guest ${guest} on ${network}`] as const),
    ...tunnels.map(({ port, host }) => [port, `the tunnel of ${network} to host ${host}`] as const),
    ...(uplink ? [[uplink.port, `the uplink of network ${network}`] as const] : []),
  ];
}
