import type { LinkState } from '../model/host-state.ts';
import type { OvsPort } from '../model/ovs-state.ts';
import { isUnseen } from '../model/unseen.ts';
import type { Ailment, Patient, Symptom } from './ailment.ts';
import { netdevWith } from './host-ailments.ts';
import { linkNamed, linksOf, listed, ovsOf, portsOf, some, tunnelsOf } from './seen-parts.ts';
import { contains } from './subnet.ts';

/** Ethernet, VXLAN, UDP and IP headers (facts §7.4). */
const headers = { v4: 50, v6: 70 };

function headerOf(address: string): number {
  return address.includes(':') ? headers.v6 : headers.v4;
}

/** The largest frame a guest of this bridge may send, as far as its ports say. */
function innerMtu({ state }: Patient, ports: readonly OvsPort[]): number {
  const mtus = ports
    .filter(({ type }) => type === '' || type === 'dpdk')
    .map(({ name, mtuRequest }) => linkNamed(state, name)?.mtu ?? mtuRequest);
  return Math.max(0, ...mtus);
}

export const mtuChain: Ailment = {
  code: 'VF2107',
  costs: 'Small packets pass and large ones vanish: ping works, a copy hangs.',
  source: 'facts §7.4, §14.9',
  texts: [
    'Message too long',
    'ping: local error: message too long, mtu=1500',
    'ping works and a copy hangs',
    'large packets are lost',
  ],
  find: (patient) => {
    const { state } = patient;
    return (ovsOf(state)?.bridges ?? []).flatMap((bridge): readonly Symptom[] => {
      const tunnel = bridge.ports.find(({ type }) => type === 'vxlan');
      const local = tunnel?.options.local_ip ?? '';
      const under = netdevWith(patient, local);
      const inner = innerMtu(
        patient,
        bridge.ports.filter(({ name }) => name !== bridge.name),
      );
      const needed = inner + headerOf(local);
      if (tunnel === undefined || under === undefined || inner === 0 || under.mtu >= needed) return [];
      return [
        {
          at: bridge.name,
          message: `ports of ${bridge.name} have an MTU of ${inner}, which needs ${needed} under the tunnel, but ${under.name} has ${under.mtu}`,
          evidence: [
            { read: `ip link show ${under.name}`, saw: `mtu ${under.mtu} (${local})` },
            { read: `ovs-vsctl list-ports ${bridge.name}`, saw: `the largest MTU is ${inner}` },
          ],
          remedy: [`ip link set dev ${under.name} mtu ${needed}`],
          advice: 'On the bond, after enslaving its ports (they follow), and on the switches:',
        },
      ];
    });
  },
};

/** The netdevs that lead to the card: its ports, bonds of them, and VLANs on those. */
function uplinkNames({ state }: Patient): ReadonlySet<string> {
  const ports = portsOf(state).flatMap(({ link }) => [link.name, ...(link.master ? [link.master] : [])]);
  const over = linksOf(state).filter(({ lower }) => lower !== undefined && ports.includes(lower));
  return new Set([...ports, ...over.map(({ name }) => name)]);
}

export const tunnelElsewhere: Ailment = {
  code: 'VF2109',
  costs:
    'The card encapsulates only what leaves by its own ports: the tunnel goes through the CPU and another NIC.',
  source: 'facts §7.3, §14.11; mlx5 en/tc_tun.c',
  texts: [
    'tunnel route does not leave by the uplink',
    'failed to offload flow: Operation not supported: vxlan0',
  ],
  find: (patient) => {
    const uplinks = uplinkNames(patient);
    if (uplinks.size === 0) return [];
    return kernelTunnels(patient).flatMap(({ bridge, port }): readonly Symptom[] => {
      const remote = port.options.remote_ip ?? '';
      const way = wayTo(linksOf(patient.state), remote);
      if (way === undefined || uplinks.has(way.name)) return [];
      return [
        {
          at: `${bridge.name}/${port.name}`,
          message: `the tunnel to ${remote} leaves by ${way.name}, which is not one of the card’s`,
          evidence: [{ read: `ip addr show ${way.name}`, saw: way.addresses.join(', ') }],
          remedy: [
            `ip route get ${remote}`,
            `ip addr del ${way.addresses[0]} dev ${way.name}; ip addr add ${way.addresses[0]} dev ${[...uplinks].at(-1)}`,
          ],
          advice: 'Put the tunnel address on the card’s bond (keep the host’s other routes):',
        },
      ];
    });
  },
};

function kernelTunnels({ state }: Patient) {
  return tunnelsOf(state).filter(({ bridge }) => bridge.datapathType !== 'netdev');
}

/** By connected networks only; routed destinations are not considered here. */
function wayTo(links: readonly LinkState[], remote: string): LinkState | undefined {
  const holding = links.flatMap((link) =>
    link.addresses
      .filter((cidr) => contains(cidr, remote))
      .map((cidr) => ({ link, length: Number(cidr.split('/')[1]) })),
  );
  return holding.sort((a, b) => b.length - a.length)[0]?.link;
}

export const noLocalAddress: Ailment = {
  code: 'VF2168',
  costs: 'The tunnel sends nothing, and Open vSwitch does not complain.',
  source: 'facts §7.3, §17',
  texts: ['tunnel local_ip is on no netdev', 'Cannot assign requested address'],
  find: (patient) =>
    isUnseen(patient.state.links)
      ? []
      : tunnelsOf(patient.state).flatMap(({ bridge, port }): readonly Symptom[] => {
          const local = port.options.local_ip;
          if (local === undefined || netdevWith(patient, local) !== undefined) return [];
          return [
            {
              at: `${bridge.name}/${port.name}`,
              message: `the tunnel is to send from ${local}, but no netdev of the host has that address`,
              evidence: [
                { read: `ovs-vsctl get Interface ${port.name} options:local_ip`, saw: local },
                { read: 'ip addr', saw: 'no such address' },
              ],
              remedy: [`ip addr add ${local}/24 dev ${[...uplinkNames(patient)].at(-1) ?? 'NETDEV'}`],
            },
          ];
        }),
};

export const loopOfTunnels: Ailment = {
  code: 'VF2140',
  costs: 'With three or more hosts every broadcast circulates forever: the network stands still.',
  source: 'facts §17 (three or more hosts loop); traced with ofproto/trace on OVS 3.5.0',
  texts: [
    'broadcast storm',
    'received packet with own address as source address',
    'three or more hosts loop',
  ],
  find: ({ state }) =>
    (ovsOf(state)?.bridges ?? []).flatMap((bridge): readonly Symptom[] => {
      const tunnels = bridge.ports.filter(({ type }) => type === 'vxlan');
      const open = tunnels.filter((port) => !port.protected).map(({ name }) => name);
      // The bridge's own flows may implement split horizon, too.
      if (tunnels.length < 2 || open.length < 2 || bridge.failMode === 'secure') return [];
      return [
        {
          at: bridge.name,
          message: `${bridge.name} has ${tunnels.length} tunnels that forward into each other`,
          evidence: open
            .slice(0, 4)
            .map((name) => ({ read: `ovs-vsctl get Port ${name} protected`, saw: 'false' })),
          remedy: open.slice(0, 16).map((name) => `ovs-vsctl set Port ${name} protected=true`),
        },
      ];
    }),
};

export const otherUdpPort: Ailment = {
  code: 'VF2139',
  costs: 'The card does not recognize the datagrams as VXLAN: everything goes through the CPU.',
  source: 'facts §7.3 (UDP dport must be registered)',
  texts: [
    'vxlan udp dport was not registered with the HW',
    'Matched UDP dst port is not registered as a VXLAN port',
  ],
  find: ({ state }) => {
    const odd = tunnelsOf(state).filter(({ port }) => (port.options.dst_port ?? '4789') !== '4789');
    if (odd.length === 0) return [];
    return [
      {
        at: some(odd.map(({ bridge, port }) => `${bridge.name}/${port.name}`)),
        message: `tunnels use UDP port ${listed([...new Set(odd.map(({ port }) => port.options.dst_port ?? ''))])}, but mlx5 by default knows only 4789`,
        evidence: odd.slice(0, 4).map(({ port }) => ({
          read: `ovs-vsctl get Interface ${port.name} options:dst_port`,
          saw: port.options.dst_port ?? '',
        })),
        remedy: odd
          .slice(0, 8)
          .map(({ port }) => `ovs-vsctl set Interface ${port.name} options:dst_port=4789`),
        advice: 'On both ends at once:',
      },
    ];
  },
};

export const unguarded: Ailment = {
  code: 'VF2144',
  costs: 'Whoever reaches the host can send into a tenant’s network: the kernel accepts VXLAN from anybody.',
  source: 'facts §17 (a tenant can inject into another VNI)',
  texts: ['UDP 4789 open to everybody', 'forged VXLAN datagram'],
  find: (patient) => {
    const { guard } = patient.state;
    const tables = Object.entries(guard ?? {});
    const none = tables.length > 0 && tables.every(([, lines]) => !isUnseen(lines) && lines.length === 0);
    const tunnels = kernelTunnels(patient);
    if (!none || tunnels.length === 0) return [];
    return [
      {
        at: some(tunnels.map(({ port }) => port.name)),
        message: `no vflane nftables table guards UDP 4789 here; another firewall may`,
        evidence: tables.map(([table]) => ({ read: `nft list table ${table}`, saw: 'not there' })),
        remedy: ['nft list ruleset | grep 4789', 'vflane apply'],
      },
    ];
  },
};
