import type { OverlaySpec, UnderlaySpec } from '../model/host-spec.ts';
import type { IfName } from '../model/names.ts';
import { type NftLines, type NftTables, nftTables } from '../model/nft-table.ts';
import { printedAddress } from './flow-line.ts';

/** The guard of a host. */
export function guardOf(
  { local, peers, bridges, tenantPorts }: Omit<OverlaySpec, 'guard'>,
  underlay: UnderlaySpec,
): NftTables {
  if (underlay.bridge) return underlayGuard({ local, peers, deaf: [...tenantPorts, ...copied(underlay)] });
  const isKernel = bridges.some(({ datapathType }) => datapathType === 'system');
  const netdev = underlay.address === undefined ? undefined : underlay.netdev;
  return underlayGuard({ local, peers, deaf: tenantPorts, ...(isKernel && { kernel: { netdev } }) });
}

/**
 * The ports by which Open vSwitch carries the underlay itself: the kernel would answer for the address of `br-phy`, which has the same
 * MAC, and every VXLAN datagram with an ICMP error.
 */
function copied({ ports, bond }: UnderlaySpec): readonly IfName[] {
  return bond ? [...ports, bond.name] : ports;
}

/** What the guard is made from. */
export interface Guarded extends Pick<OverlaySpec, 'local' | 'peers'> {
  /** Netdevs from which nothing may reach the host's own stack. */
  readonly deaf: readonly IfName[];
  /** Only if the kernel ends the tunnels: the netdev through which they arrive; undefined if the host provides its own. */
  readonly kernel?: { readonly netdev: IfName | undefined };
}

/** VXLAN's UDP port (RFC 7348, 8). */
const vxlan = 'udp dport 4789';

/**
 * What the IP stack of an overlay host may receive, in the form in which the tables are observed. A bridge of Open
 * vSwitch takes the frames of its ports: the kernel's before the stack sees them, but only from the moment the port is
 * added; the userspace one reads a copy (AF_PACKET), and the host answers every ARP request and connection of a tenant as
 * well. Whatever is neither a tenant's nor VXLAN is left alone.
 */
export function underlayGuard(guarded: Guarded): NftTables {
  const { deaf, kernel } = guarded;
  const all = {
    [nftTables.packets]: [
      ...deafLines(nftTables.packets, packets, deaf),
      ...(kernel ? vxlanLines(guarded) : []),
    ],
    [nftTables.arp]: deafLines(nftTables.arp, arp, deaf),
  };
  const filled = Object.entries(all).filter(([, lines]) => lines.length > 0);
  return Object.fromEntries(filled.map(([table, lines]) => [table, inForm(lines)]));
}

/** Before fragments are reassembled (-400, linux/netfilter_ipv4.h): no tenant may fill the host's memory with them. */
const packets = 'hook prerouting priority -450';
const arp = 'hook input priority 0';

/** By name: it holds before the netdev exists, and after it has been recreated. */
function deafLines(table: string, hook: string, names: readonly IfName[]): NftLines {
  if (names.length === 0) return [];
  return [
    `add chain ${table} ports { type filter ${hook}; policy accept; }`,
    set(
      table,
      'ports',
      'ifname',
      names.map((name) => `"${name}"`),
    ),
    `add rule ${table} ports iifname @ports drop`,
  ];
}

/**
 * The kernel's socket takes a datagram from anybody, on any netdev, for any VNI (facts §17): so VXLAN comes in only from the fabric's
 * hosts, to the tunnel address, on the netdev that has it. rp_filter is meant for this, but it knows no IPv6,
 * and would also apply to everything else that arrives on the netdev.
 */
function vxlanLines({ local, peers, kernel }: Guarded): NftLines {
  const [ip, type] = local.includes(':') ? ['ip6', 'ipv6_addr'] : ['ip', 'ipv4_addr'];
  const table = nftTables.packets;
  const road = kernel?.netdev === undefined ? '' : ` iifname "${kernel.netdev}"`;
  const rules = [
    `${vxlan}${road} ${ip} daddr ${printedAddress(local)} ${ip} saddr @peers accept`,
    // A first fragment has the whole UDP header, and without it the others are useless: they need no rule.
    `${vxlan} drop`,
  ];
  return [
    // Just before the hook's usual priority, 0: what is dropped shows up in no other log, counter or rate limit (nft(8), priorities).
    // A drop is final wherever it stands, an accept only in its own chain: the host's own rules still have their say.
    `add chain ${table} underlay { type filter hook input priority -10; policy accept; }`,
    set(table, 'peers', type, peers.map(printedAddress)),
    ...rules.map((rule) => `add rule ${table} underlay ${rule}`),
  ];
}

function set(table: string, name: string, type: string, elements: readonly string[]): string {
  const sorted = [...new Set(elements)].sort();
  const filled = sorted.length === 0 ? '' : ` elements = { ${sorted.join(', ')} };`;
  return `add set ${table} ${name} { type ${type};${filled} }`;
}

/** Rules after what they name, and those of a chain in their order. */
function inForm(lines: NftLines): NftLines {
  const isRule = (line: string) => line.startsWith('add rule ');
  return [...lines.filter((line) => !isRule(line)).sort(), ...lines.filter(isRule)];
}
