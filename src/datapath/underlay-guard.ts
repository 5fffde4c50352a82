import type { OverlaySpec } from '../model/host-spec.ts';
import { type NftLines, nftTable, replaceNftTable } from '../model/nft-table.ts';
import { printedAddress } from './flow-line.ts';

/** What the guard is made from. */
export type Guarded = Pick<OverlaySpec, 'local' | 'peers' | 'bridges'>;

/** IANA's port of VXLAN (RFC 7348, 8). */
const vxlan = 'udp dport 4789';

/**
 * Who may send VXLAN to this host, in the form in which the table is observed. The kernel's socket takes a datagram from
 * anybody, by any netdev, for any VNI: a tenant's too, with a peer's address as its source, where its bridge's LOCAL port
 * is up (facts §17). So nothing comes by a tenant's bridge, and by the rest only from the fabric's hosts to the tunnel
 * address. All that is not VXLAN is left alone. The userspace datapath takes its tunnels before nftables sees them.
 */
export function underlayGuardLines(overlay: Guarded): NftLines {
  const [ip, type] = overlay.local.includes(':') ? ['ip6', 'ipv6_addr'] : ['ip', 'ipv4_addr'];
  const bridges = overlay.bridges.map(({ name }) => `"${name}"`);
  const rules = [
    `${vxlan} iifname @bridges drop`,
    `${vxlan} ${ip} daddr ${printedAddress(overlay.local)} ${ip} saddr @peers accept`,
    // A first fragment has the whole UDP header, and without it the others are nothing: they need no rule.
    `${vxlan} drop`,
  ];
  return [
    // Just before the hook's usual priority, 0: what is refused is in nobody's log, count or rate (nft(8), priorities).
    // A drop is final wherever it stands, an accept only in its own chain: the host's own rules still have their say.
    `add chain ${nftTable} underlay { type filter hook input priority -10; policy accept; }`,
    set('bridges', 'ifname', bridges),
    set('peers', type, overlay.peers.map(printedAddress)),
    ...rules.map((rule) => `add rule ${nftTable} underlay ${rule}`),
  ];
}

/** The whole text for `nft -f -`: it puts the table in the place of whatever it was, at once. */
export function underlayGuard(overlay: Guarded): string {
  return replaceNftTable(underlayGuardLines(overlay));
}

function set(name: string, type: string, elements: readonly string[]): string {
  const sorted = [...new Set(elements)].sort();
  const filled = sorted.length === 0 ? '' : ` elements = { ${sorted.join(', ')} };`;
  return `add set ${nftTable} ${name} { type ${type};${filled} }`;
}
