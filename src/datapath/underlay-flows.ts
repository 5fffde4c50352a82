import type { PatchSpec } from '../model/host-spec.ts';
import type { IfName } from '../model/names.ts';
import { type Flow, flowLine, inPort, printedAddress } from './flow-line.ts';

/** What the flows of the underlay's bridge are made of. */
export interface Wired {
  /** This host's tunnel address, and its peers'; without prefix length. */
  readonly local: string;
  readonly peers: readonly string[];
  /** The ports that lead out of the host. */
  readonly wires: readonly IfName[];
  /** VLAN id of the underlay; 0 for untagged. */
  readonly vlan: number;
  readonly patches: readonly PatchSpec[];
}

/**
 * The flows of the bridge that has the wire, in the form of `bridgeFlows`: VXLAN comes in only from the fabric's hosts, and
 * everything else passes as in any switch. Packets reach the userspace datapath before nftables sees them, so this is the place for
 * it (facts §17). `vxlan` stands for whatever would end in a tunnel: only what is on the underlay's VLAN can.
 */
export function underlayFlows({ local, peers, wires, vlan, patches }: Wired): readonly string[] {
  const [udp, source, target] = local.includes(':')
    ? ['udp6', 'ipv6_src', 'ipv6_dst']
    : ['udp', 'nw_src', 'nw_dst'];
  const tag = vlan === 0 ? 'vlan_tci=0x0000/0x0fff' : `dl_vlan=${vlan}`;
  const flow = (priority: number, match: readonly string[], actions: string): Flow => {
    return { table: 0, priority, match, actions };
  };
  const inside = (port: IfName, priority: number, words: readonly string[], actions: string) =>
    flow(priority, [udp, inPort(port), tag, ...words, 'tp_dst=4789'], actions);
  const flows = [
    ...wires.flatMap((port) => [
      ...peers.map((peer) =>
        inside(
          port,
          300,
          [`${source}=${printedAddress(peer)}`, `${target}=${printedAddress(local)}`],
          'NORMAL',
        ),
      ),
      inside(port, 200, [], 'drop'),
      flow(100, [inPort(port)], 'NORMAL'),
    ]),
    flow(100, ['in_port=LOCAL'], 'NORMAL'),
    ...patches.map(({ port }) => flow(100, [inPort(port)], 'NORMAL')),
  ];
  return flows.map(flowLine).sort();
}
