import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { asPciAddress } from '../model/names.ts';
import { contains } from './address.ts';
import { quoted } from './grammar.ts';
import type { ReadHost, ReadUnderlay } from './reading.ts';
import { isOverlay, underlays } from './reading-views.ts';
import { type Rule, twice, type WhereOf } from './rule.ts';

export const underlayOnlyUnderOverlays: Rule = (fabric, where) =>
  fabric.hosts.flatMap((host) => {
    if (isOverlay(host.datapath) && !host.underlayGiven) {
      const hint = 'add underlay: an address with its prefix, such as 192.168.9.2/24';
      return [
        finding(
          'VF1025',
          where([...host.path, 'underlay']),
          `${host.datapath} needs an underlay address for its tunnels`,
          hint,
        ),
      ];
    }
    if (host.datapath !== 'legacy-vlan' || !host.underlayGiven) return [];
    const message = 'legacy-vlan has no tunnels, so it has no underlay';
    return [
      finding(
        'VF1026',
        where([...host.path, 'underlay'], 'key'),
        message,
        'delete the key, or use ovs-tc or ovs-dpdk',
      ),
    ];
  });

export const oneUnderlayFamily: Rule = (fabric, where) => {
  const [first, ...rest] = underlays(fabric).flatMap(({ underlay }) => underlay.address ?? []);
  return rest
    .filter((address) => address.value.address.family !== first?.value.address.family)
    .map((address) => {
      const message = `${address.value.text} is of another family than the first underlay, ${first?.value.text}`;
      return finding(
        'VF1036',
        where(address.path),
        message,
        'use IPv4 on every underlay, or IPv6 on every underlay',
      );
    });
};

export const underlayAddressesAreUnique: Rule = (fabric, where) =>
  twice(underlays(fabric), ({ underlay }) => underlay.address?.value.address.text).map(([first, second]) => {
    const address = second.underlay.address;
    const message = `${address?.value.address.text} already belongs to host ${quoted(first.host.key)}`;
    return finding(
      'VF1017',
      where(address?.path ?? second.underlay.path),
      message,
      'give each host an underlay address of its own',
    );
  });

/** A next hop and an ARP target are asked for on the underlay itself. */
export const underlayNeighboursAreInside: Rule = (fabric, where) =>
  underlays(fabric).flatMap(({ underlay }) => {
    const own = underlay.address?.value;
    const neighbours = [...underlay.routes.flatMap((route) => route.via ?? []), ...underlay.arpTargets];
    if (!own) return [];
    return neighbours
      .filter((address) => !contains(own, address.value) || address.value.text === own.address.text)
      .map((address) => {
        const message = `${address.value.text} is not on the subnet of ${own.text}`;
        return finding(
          'VF1019',
          where(address.path),
          message,
          `allowed: another address of the underlay's own subnet, ${own.text}`,
        );
      });
  });

export const routesKeepTheirFamily: Rule = (fabric, where) =>
  underlays(fabric)
    .flatMap(({ underlay }) => underlay.routes)
    .flatMap(({ to, via }) => {
      if (!to || !via || to.value.address.family === via.value.family) return [];
      const message = `the route to ${to.value.text} goes via ${via.value.text}, which is of another family`;
      return [finding('VF1016', where(via.path), message, 'write a next hop of the same family')];
    });

/** A card's ports are named by `nic`; a host without one says which netdevs carry its tunnels, or has the address already. */
export const portsCarryWhatNoCardDoes: Rule = (fabric, where) =>
  underlays(fabric).flatMap(({ host, underlay }) => {
    if (!isOverlay(host.datapath) || host.nic === undefined) return [];
    if (host.nic.kind === 'pfs') return portsBesideACard(underlay, where);
    if (underlay.portsGiven) return [];
    if (host.datapath === 'ovs-dpdk') {
      const message = `ovs-dpdk forwards in user space, through ports of its own, and ${quoted(host.key)} names none`;
      const hint = 'add ports: [eth1] to the underlay, or ports: ["0000:03:00.0"] for DPDK';
      return [lacksPorts(underlay, message, hint, where)];
    }
    if (underlay.vlan === undefined) return [];
    const message = 'without ports the address is where the host put it, VLAN and all';
    return [lacksPorts(underlay, message, 'delete vlan, or add ports', where, 'vlan')];
  });

function lacksPorts(
  underlay: ReadUnderlay,
  message: string,
  hint: string,
  where: WhereOf,
  ...keys: readonly string[]
): Finding {
  return finding('VF1044', where([...underlay.path, ...keys]), message, hint);
}

function portsBesideACard(underlay: ReadUnderlay, where: WhereOf): readonly Finding[] {
  if (underlay.ports.length === 0) return [];
  const message = 'the card named by nic carries the underlay';
  return [
    finding(
      'VF1043',
      where([...underlay.path, 'ports'], 'key'),
      message,
      'delete ports, or write nic: software',
    ),
  ];
}

/** DPDK takes a PCI function from the kernel whole; nothing else can, and a bond is not of both kinds. */
export const functionsAreForDpdk: Rule = (fabric, where) =>
  underlays(fabric).flatMap(({ host, underlay }) => {
    const functions = underlay.ports.filter(({ value }) => asPciAddress(value) !== undefined);
    const netdevs = underlay.ports.filter(({ value }) => asPciAddress(value) === undefined);
    const [first] = functions;
    if (first === undefined || host.nic?.kind === 'pfs') return [];
    if (host.datapath === 'ovs-tc') {
      const message = `${quoted(first.value)} is a PCI function, and ovs-tc uses netdevs of the kernel`;
      const hint = 'write the name that `ip link` prints for it, or use ovs-dpdk';
      return [finding('VF1048', where(first.path), message, hint)];
    }
    const [netdev] = netdevs;
    if (netdev === undefined || host.datapath !== 'ovs-dpdk') return [];
    const message = `${quoted(first.value)} is DPDK's and ${quoted(netdev.value)} is the kernel's, and the underlay cannot be both`;
    const hint = 'name PCI addresses only, or netdevs only';
    return [finding('VF1048', where(netdev.path), message, hint)];
  });

/** Only the kernel's bond asks by ARP; answers to it never reach the kernel where DPDK has the ports (facts §17). */
export const arpTargetsNeedTheKernelsBond: Rule = (fabric, where) =>
  underlays(fabric).flatMap(({ host, underlay }) => {
    const [target] = underlay.arpTargets;
    if (target === undefined || !isOverlay(host.datapath)) return [];
    const why = withoutKernelBond(host, underlay);
    if (why === undefined) return [];
    return [
      finding('VF1045', where(target.path), `ARP targets have no use here: ${why}`, 'delete arp-targets'),
    ];
  });

function withoutKernelBond({ datapath, nic }: ReadHost, { ports }: ReadUnderlay): string | undefined {
  if (datapath === 'ovs-dpdk') return 'ovs-dpdk takes the ports away from the kernel';
  if (nic?.kind !== 'software' || ports.length > 1) return undefined;
  return ports.length === 1 ? 'the underlay has a single port' : 'the underlay is the host’s own';
}

/** Where a network meets a physical VLAN there has to be a wire, and the wire's tags have to differ. */
export const uplinksHaveAWire: Rule = (fabric, where) => {
  const hosts = new Map(underlays(fabric).map((one) => [one.host.key, one]));
  return fabric.networks.flatMap((network) => {
    const one = hosts.get(network.uplink?.host?.value ?? '');
    if (one === undefined || !isOverlay(one.host.datapath)) return [];
    const at = [...network.path, 'uplink'];
    if (one.host.nic?.kind === 'software' && one.underlay.ports.length === 0) {
      const message = `host ${quoted(one.host.key)} names no ports that can carry a VLAN`;
      return [finding('VF1044', where(at), message, 'add ports: [eth1] to its underlay')];
    }
    if (network.uplink?.vlan === undefined || network.uplink.vlan !== one.underlay.vlan) return [];
    const message = `VLAN ${network.uplink.vlan} is the underlay of ${quoted(one.host.key)}`;
    return [finding('VF1046', where([...at, 'vlan']), message, 'choose another VLAN for one of the two')];
  });
};

/** Two networks on one VLAN of one host's wire would be one network. */
export const uplinksAreApart: Rule = (fabric, where) =>
  twice(fabric.networks, ({ uplink }) =>
    uplink?.host === undefined || uplink.vlan === undefined ? undefined : `${uplink.vlan}`,
  ).map(([first, second]) => {
    const message = `VLAN ${second.uplink?.vlan} is already the uplink of network ${quoted(first.key)}`;
    return finding(
      'VF1046',
      where([...second.path, 'uplink', 'vlan']),
      message,
      'give each network a VLAN of its own',
    );
  });
