import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { asVlanId } from '../model/names.ts';
import { type Address, type Cidr, contains, overlap } from './address.ts';
import type { At } from './cursor.ts';
import { quoted } from './grammar.ts';
import { didYouMean } from './nearest.ts';
import type { ReadNetwork } from './reading.ts';
import { usersOf } from './reading-views.ts';
import { type Rule, twice, type WhereOf } from './rule.ts';

const leastMtuIpv6 = 1280;

export const idsAreUnique: Rule = (fabric, where) =>
  twice(fabric.networks, (network) => network.id?.toString()).map(([first, second]) => {
    const message = `id ${second.id} already belongs to network ${quoted(first.key)}`;
    return finding('VF1014', where([...second.path, 'id']), message, 'give each network an id of its own');
  });

/** A VLAN id has 12 bits (IEEE 802.1Q), a VNI has 24 (RFC 7348). */
export const idsFitDatapaths: Rule = (fabric, where) => {
  const users = usersOf(fabric);
  return fabric.networks.flatMap((network) => {
    const host = users.get(network.key)?.find((user) => user.datapath === 'legacy-vlan');
    if (!host || network.id === undefined || asVlanId(network.id) !== undefined) return [];
    const message = `host ${quoted(host.key)} is legacy-vlan, and ${network.id} is not a VLAN id`;
    return [finding('VF1015', where([...network.path, 'id']), message, 'allowed: a VLAN id from 1 to 4094')];
  });
};

/** RFC 8200, 5: every IPv6 link carries packets of 1280 bytes. */
export const ipv6NeedsItsMtu: Rule = (fabric, where) => {
  const withIpv6 = new Set(
    fabric.hosts
      .flatMap((host) => host.guests.flatMap((guest) => guest.attachments))
      .filter((attachment) => attachment.addresses.some((cidr) => cidr.value.address.family === 6))
      .map((attachment) => attachment.key),
  );
  return fabric.networks
    .filter((network) => network.mtu < leastMtuIpv6)
    .filter((network) => withIpv6.has(network.key) || network.subnets.some(isIpv6))
    .map((network) => {
      const message = `MTU ${network.mtu} is too small for the network's IPv6 addresses`;
      return finding('VF1035', where([...network.path, 'mtu']), message, 'allowed with IPv6: 1280 to 9978');
    });
};

function isIpv6(subnet: At<Cidr>): boolean {
  return subnet.value.address.family === 6;
}

export const subnetsOfANetworkAreApart: Rule = (fabric, where) =>
  fabric.networks.flatMap((network) =>
    network.subnets.flatMap((subnet, i) => {
      const other = network.subnets.slice(0, i).find((earlier) => overlap(earlier.value, subnet.value));
      if (!other) return [];
      const message = `${subnet.value.text} overlaps ${other.value.text}`;
      return [finding('VF1021', where(subnet.path), message, 'keep one of the two')];
    }),
  );

/** A gateway and an ARP target are asked for on the network itself. */
export const neighboursAreInside: Rule = (fabric, where) =>
  fabric.networks.flatMap((network) => [
    ...network.gateways.flatMap((address) => outside(address, network, 'gateway', where)),
    ...network.arpTargets.flatMap((address) => outside(address, network, 'ARP target', where)),
  ]);

function outside(
  address: At<Address>,
  network: ReadNetwork,
  what: string,
  where: WhereOf,
): readonly Finding[] {
  const subnets = network.subnets.map((subnet) => subnet.value);
  if (subnets.length === 0 || subnets.some((subnet) => contains(subnet, address.value))) return [];
  const message = `the ${what} ${address.value.text} is outside the network's subnet`;
  const hint = `allowed: an address in ${subnets.map((subnet) => subnet.text).join(' or ')}`;
  return [finding('VF1019', where(address.path), message, hint)];
}

export const oneGatewayAFamily: Rule = (fabric, where) =>
  fabric.networks.flatMap((network) =>
    twice(network.gateways, (gateway) => String(gateway.value.family)).map(([first, second]) => {
      const message = `${second.value.text} is a second IPv${second.value.family} gateway besides ${first.value.text}`;
      return finding('VF1011', where(second.path), message, 'allowed: one gateway a family');
    }),
  );

export const uplinkHostsAreHosts: Rule = (fabric, where) => {
  const names = fabric.hosts.map((host) => host.key);
  return fabric.networks.flatMap((network) => {
    const host = network.uplink?.host;
    if (!host || names.includes(host.value)) return [];
    const hint = `${didYouMean(host.value, names)}allowed: a host of this file`;
    return [finding('VF1031', where(host.path), `there is no host ${quoted(host.value)} in the file`, hint)];
  });
};
