/** A match field: how its value is written, and which packets have it (lib/meta-flow.xml). */
export interface Field {
  readonly name: string;
  readonly kind: 'port' | 'decimal' | 'hex' | 'mac' | 'ip' | 'ipv6' | 'flags' | 'frag';
  readonly bytes: number;
  /** What else the match must contain; otherwise the field is dropped. */
  readonly needs?: (has: Has) => boolean;
}

/** A match's Ethernet type and IP protocol, -1 for none. */
export interface Has {
  readonly dlType: number;
  readonly nwProto: number;
}

export const ethernet = { ip: 0x800, arp: 0x806, rarp: 0x8035, ipv6: 0x86dd } as const;
const protocols = { icmp: 1, tcp: 6, udp: 17, icmp6: 58, sctp: 132 } as const;

/** Shorthands such as `tcp6`, which matches are also printed with. */
export const shorthands: readonly {
  readonly name: string;
  readonly dlType: number;
  readonly nwProto?: number;
}[] = [
  { name: 'icmp', dlType: ethernet.ip, nwProto: protocols.icmp },
  { name: 'tcp', dlType: ethernet.ip, nwProto: protocols.tcp },
  { name: 'udp', dlType: ethernet.ip, nwProto: protocols.udp },
  { name: 'sctp', dlType: ethernet.ip, nwProto: protocols.sctp },
  { name: 'icmp6', dlType: ethernet.ipv6, nwProto: protocols.icmp6 },
  { name: 'tcp6', dlType: ethernet.ipv6, nwProto: protocols.tcp },
  { name: 'udp6', dlType: ethernet.ipv6, nwProto: protocols.udp },
  { name: 'sctp6', dlType: ethernet.ipv6, nwProto: protocols.sctp },
  { name: 'ip', dlType: ethernet.ip },
  { name: 'arp', dlType: ethernet.arp },
  { name: 'rarp', dlType: ethernet.rarp },
  { name: 'ipv6', dlType: ethernet.ipv6 },
];

const isArp = (has: Has) => has.dlType === ethernet.arp || has.dlType === ethernet.rarp;
const isIp = (has: Has) => has.dlType === ethernet.ip;
const isIpv6 = (has: Has) => has.dlType === ethernet.ipv6;
const anyIp = (has: Has) => isIp(has) || isIpv6(has);
const isIcmp = (has: Has) =>
  (isIp(has) && has.nwProto === protocols.icmp) || (isIpv6(has) && has.nwProto === protocols.icmp6);
const hasPorts = (has: Has) =>
  anyIp(has) && [protocols.tcp, protocols.udp, protocols.sctp].includes(has.nwProto as 6);
const isNd = (has: Has) => isIpv6(has) && has.nwProto === protocols.icmp6;

/** In the order in which match_format prints them. */
export const beforeType: readonly Field[] = [
  { name: 'pkt_mark', kind: 'hex', bytes: 4 },
  { name: 'conj_id', kind: 'decimal', bytes: 4 },
  { name: 'ct_state', kind: 'flags', bytes: 4 },
  { name: 'ct_zone', kind: 'decimal', bytes: 2 },
  { name: 'ct_mark', kind: 'hex', bytes: 4 },
];

export const afterType: readonly Field[] = [
  ...Array.from({ length: 16 }, (_, n): Field => ({ name: `reg${n}`, kind: 'hex', bytes: 4 })),
  { name: 'tun_id', kind: 'hex', bytes: 8 },
  { name: 'tun_src', kind: 'ip', bytes: 4 },
  { name: 'tun_dst', kind: 'ip', bytes: 4 },
  { name: 'metadata', kind: 'hex', bytes: 8 },
  { name: 'in_port', kind: 'port', bytes: 2 },
  { name: 'dl_vlan', kind: 'decimal', bytes: 2 },
  { name: 'dl_vlan_pcp', kind: 'decimal', bytes: 1 },
  { name: 'vlan_tci', kind: 'hex', bytes: 2 },
  { name: 'dl_src', kind: 'mac', bytes: 6 },
  { name: 'dl_dst', kind: 'mac', bytes: 6 },
  { name: 'dl_type', kind: 'hex', bytes: 2 },
  { name: 'ipv6_src', kind: 'ipv6', bytes: 16, needs: isIpv6 },
  { name: 'ipv6_dst', kind: 'ipv6', bytes: 16, needs: isIpv6 },
  { name: 'ipv6_label', kind: 'hex', bytes: 4, needs: isIpv6 },
  { name: 'arp_spa', kind: 'ip', bytes: 4, needs: isArp },
  { name: 'arp_tpa', kind: 'ip', bytes: 4, needs: isArp },
  { name: 'nw_src', kind: 'ip', bytes: 4, needs: isIp },
  { name: 'nw_dst', kind: 'ip', bytes: 4, needs: isIp },
  { name: 'arp_op', kind: 'decimal', bytes: 2, needs: isArp },
  { name: 'arp_sha', kind: 'mac', bytes: 6, needs: isArp },
  { name: 'arp_tha', kind: 'mac', bytes: 6, needs: isArp },
  { name: 'nw_proto', kind: 'decimal', bytes: 1, needs: anyIp },
  { name: 'nw_tos', kind: 'decimal', bytes: 1, needs: anyIp },
  { name: 'nw_ecn', kind: 'decimal', bytes: 1, needs: anyIp },
  { name: 'nw_ttl', kind: 'decimal', bytes: 1, needs: anyIp },
  { name: 'nw_frag', kind: 'frag', bytes: 1, needs: anyIp },
  { name: 'tp_src', kind: 'decimal', bytes: 2, needs: hasPorts },
  { name: 'tp_dst', kind: 'decimal', bytes: 2, needs: hasPorts },
  { name: 'icmp_type', kind: 'decimal', bytes: 1, needs: isIcmp },
  { name: 'icmp_code', kind: 'decimal', bytes: 1, needs: isIcmp },
  { name: 'nd_target', kind: 'ipv6', bytes: 16, needs: isNd },
  { name: 'nd_sll', kind: 'mac', bytes: 6, needs: isNd },
  { name: 'nd_tll', kind: 'mac', bytes: 6, needs: isNd },
];

const synonyms: { readonly [name: string]: string | undefined } = {
  eth_src: 'dl_src',
  eth_dst: 'dl_dst',
  eth_type: 'dl_type',
  ip_src: 'nw_src',
  ip_dst: 'nw_dst',
  ip_proto: 'nw_proto',
  tunnel_id: 'tun_id',
  tcp_src: 'tp_src',
  tcp_dst: 'tp_dst',
  udp_src: 'tp_src',
  udp_dst: 'tp_dst',
  icmpv6_type: 'icmp_type',
  icmpv6_code: 'icmp_code',
};

export function fieldNamed(word: string): Field | undefined {
  const name = Object.hasOwn(synonyms, word) ? synonyms[word] : word;
  return [...beforeType, ...afterType].find((field) => field.name === name);
}
