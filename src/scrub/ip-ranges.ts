import ipaddr from 'ipaddr.js';

/** Bits of an address as a text of 0 and 1, so that a prefix is the start of a text. */
export type Bits = string;

export function bitsOf(ip: ipaddr.IPv4 | ipaddr.IPv6): Bits {
  return ip
    .toByteArray()
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
}

export function ipOf(bits: Bits): ipaddr.IPv4 | ipaddr.IPv6 {
  return ipaddr.fromByteArray((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

function prefix(cidr: string): Bits {
  const [ip, length] = ipaddr.parseCIDR(cidr);
  return bitsOf(ip).slice(0, length);
}

interface Ranges {
  /** They identify nobody: they mean the same everywhere, or are for examples (RFC 5737, RFC 3849). */
  readonly kept: readonly Bits[];
  /** The range of an address stays visible, its place in the range does not (RFC 1918, 3927, 4193, 4291, 6598). */
  readonly within: readonly Bits[];
  /** Bits from here on identify a host within its network, and not the network. */
  readonly hostBits: number;
}

const ipv4: Ranges = {
  kept: [
    ...['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/4', '240.0.0.0/4'],
    ...['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'],
  ].map(prefix),
  within: ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'].map(prefix),
  hostBits: 24,
};

const ipv6: Ranges = {
  kept: ['::/8', 'ff00::/8', '2001:db8::/32'].map(prefix),
  within: ['fc00::/8', 'fd00::/8', 'fe80::/64', '2000::/3'].map(prefix),
  hostBits: 112,
};

function rangesOf(bits: Bits): Ranges {
  return bits.length === 32 ? ipv4 : ipv6;
}

const counted = prefix('fe80::/112');

/** Whether the address reveals nothing about its owner; that includes a link-local one that was numbered by hand. */
export function isKept(bits: Bits): boolean {
  return bits.startsWith(counted) || rangesOf(bits).kept.some((range) => bits.startsWith(range));
}

/** Whether the bit at this place stays as it is, in every address with this start. */
export function isFixed(bits: Bits, place: number): boolean {
  const { kept, within, hostBits } = rangesOf(bits);
  if (place >= hostBits || isKept(bits)) return true;
  const start = bits.slice(0, place);
  if ([...kept, ...within].some((range) => range.length > place && range.startsWith(start))) return true;
  // `fd00::1` stays short: the host part of a hand-numbered address begins with zeros.
  return bits.length === 128 && place >= 64 && !start.slice(64).includes('1');
}
