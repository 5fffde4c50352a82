import { finding } from '../model/catalogue.ts';
import type { Connect, Datapath } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import { contains } from './address.ts';
import { quoted } from './grammar.ts';
import { onOneCard } from './nic.ts';
import type { ReadHost } from './reading.ts';
import { isOverlay, underlays, usersOf } from './reading-views.ts';
import { type Rule, twice, type WhereOf } from './rule.ts';

function encapsulation(datapath: Datapath): 'VLAN' | 'VXLAN' {
  return isOverlay(datapath) ? 'VXLAN' : 'VLAN';
}

/** Guests of one network on hosts of different encapsulations would never hear of each other. Said once a side. */
export const oneEncapsulationANetwork: Rule = (fabric, where) => {
  const clashes = new Map<ReadHost, Clash[]>();
  for (const [network, users] of usersOf(fabric)) {
    const [first, ...rest] = users.filter((host) => host.datapath !== undefined);
    const second = rest.find((host) => first && differ(first, host));
    if (!first || !second) continue;
    clashes.set(first, [...(clashes.get(first) ?? []), { network, other: second }]);
    clashes.set(second, [...(clashes.get(second) ?? []), { network, other: first }]);
  }
  return [...clashes].map(([host, found]) => clash(host, found, where));
};

interface Clash {
  readonly network: string;
  readonly other: ReadHost;
}

function differ(a: ReadHost, b: ReadHost): boolean {
  return (
    a.datapath !== undefined &&
    b.datapath !== undefined &&
    encapsulation(a.datapath) !== encapsulation(b.datapath)
  );
}

function clash(host: ReadHost, found: readonly Clash[], where: WhereOf): Finding {
  const networks = found.map((one) => quoted(one.network));
  const shown =
    networks.length > 3
      ? `${networks.slice(0, 3).join(', ')} and ${networks.length - 3} more`
      : networks.join(', ');
  const [{ other } = { other: host }] = found;
  const message = `${host.datapath} carries ${shown} over ${encapsulation(host.datapath ?? 'legacy-vlan')}, and host ${quoted(other.key)} (${other.datapath}) over ${encapsulation(other.datapath ?? 'legacy-vlan')}`;
  const hint = 'give all hosts of a network datapaths of one kind: legacy-vlan, or ovs-tc and ovs-dpdk';
  return finding('VF1003', where([...host.path, 'datapath']), message, hint);
}

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
    const message = `${address?.value.address.text} is host ${quoted(first.host.key)}'s already`;
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
        const message = `${address.value.text} is no neighbour of ${own.text}`;
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

export const poolsHoldTheGuests: Rule = (fabric, where) =>
  fabric.hosts.flatMap((host) => {
    if (host.vfs === undefined || host.datapath === undefined || host.nic?.kind !== 'pfs') return [];
    const attachments = host.guests.reduce((sum, guest) => sum + guest.attachments.length, 0);
    // legacy-vlan takes a VF on each port for an attachment; the overlays take port 0's pool first, then port 1's.
    const needed = isOverlay(host.datapath) ? Math.ceil(attachments / 2) : attachments;
    if (needed <= host.vfs) return [];
    const message = `${attachments} places on networks need ${needed} VFs on each port, and the pool has ${host.vfs}`;
    return [finding('VF1023', where([...host.path, 'vfs']), message, `write vfs: ${needed} or more`)];
  });

/** The firmware forms no LAG while a PF may have more than 64 VFs (facts §17). */
export const lagKeepsPoolsSmall: Rule = (fabric, where) =>
  fabric.hosts
    .filter((host) => isOverlay(host.datapath) && host.nic?.kind === 'pfs' && (host.vfs ?? 0) > 64)
    .map((host) => {
      const message = `${host.datapath} bonds both ports on the card, which takes at most 64 VFs on each, not ${host.vfs}`;
      return finding('VF1024', where([...host.path, 'vfs']), message, 'allowed with a LAG: 1 to 64');
    });

export const hostsAreReachedOnce: Rule = (fabric, where) =>
  twice(fabric.hosts, (host) => wayTo(host.connect)).map(([first, second]) => {
    const message = `host ${quoted(first.key)} is reached by ${quoted(first.connectText ?? '')} already`;
    return finding(
      'VF1038',
      where([...second.path, 'connect']),
      message,
      'one machine is one host: put its guests together',
    );
  });

/** Each simulated host is a machine of its own. */
function wayTo(connect: Connect | undefined): string | undefined {
  if (!connect || connect.kind === 'sim') return undefined;
  if (connect.kind === 'local') return 'local';
  return connect.kind === 'lab' ? `lab ${connect.machine}` : `ssh ${connect.destination}`;
}

/** The overlays bond the two ports inside the card. */
export const portsOfOneCard: Rule = (fabric, where) =>
  fabric.hosts.flatMap((host) => {
    if (host.nic?.kind !== 'pfs' || onOneCard(host.nic.pfs)) return [];
    const message = `${host.nic.pfs.join(' and ')} are functions of different cards`;
    const at = where([...host.path, 'nic']);
    return isOverlay(host.datapath)
      ? [
          finding(
            'VF1033',
            at,
            message,
            `${host.datapath} needs both ports of one card, such as "0000:03:00"`,
          ),
        ]
      : [
          finding(
            'VF1039',
            at,
            message,
            'see that it is meant so: the ports of a card are its functions .0 and .1',
          ),
        ];
  });

export const softwareOffloadsNothing: Rule = (fabric, where) =>
  fabric.hosts
    .filter((host) => host.nic?.kind === 'software' && host.offload === 'required')
    .map((host) => {
      const message = 'nic is software, so there is no card that could offload anything';
      return finding(
        'VF1041',
        where([...host.path, 'offload']),
        message,
        'write off or preferred, or name a card',
      );
    });
