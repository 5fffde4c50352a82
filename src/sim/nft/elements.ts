import ipaddr from 'ipaddr.js';

/** In nft's order of a set: addresses by their bytes, netdevs' names as numbers whose last letter counts most. */
export function sortElements<Item extends string | number>(items: readonly Item[]): Item[] {
  return [...items].sort((a, b) => compare(sortKey(a), sortKey(b)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sortKey(item: string | number): string {
  if (typeof item === 'number') return String(item).padStart(10, '0');
  const [address = ''] = item.split(/[/-]/);
  if (ipaddr.isValid(address) && /[.:]/.test(address)) {
    return ipaddr
      .parse(address)
      .toByteArray()
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('');
  }
  return /^\d+$/.test(item) ? item.padStart(10, '0') : [...item].reverse().join('').padStart(16, '\0');
}

/** How many elements of a set nft prints per line. */
export function perLine(type: string): number {
  return type === 'ipv4_addr' ? 2 : 1;
}

/** nft prints a chain's priority relative to a nearby named one (src/datatype.c, std_prios; so does libnftables). */
const priorities = [
  { name: 'raw', value: -300 },
  { name: 'mangle', value: -150 },
  { name: 'dstnat', value: -100, hook: 'prerouting' },
  { name: 'filter', value: 0 },
  { name: 'security', value: 50 },
  { name: 'srcnat', value: 100, hook: 'postrouting' },
];

export function priorityText(family: string, hook: string, priority: number): string {
  const named = priorities.find(
    (p) =>
      Math.abs(priority - p.value) <= 10 &&
      (p.hook ?? hook) === hook &&
      (family !== 'arp' || p.name === 'filter'),
  );
  if (!named) return String(priority);
  const more = priority - named.value;
  return more === 0 ? named.name : `${named.name} ${more < 0 ? '-' : '+'} ${Math.abs(more)}`;
}

/** Why a family does not have this hook; undefined if it does. */
export function whyNoHook(family: string, hook: string): string | undefined {
  const all = ['prerouting', 'input', 'forward', 'output', 'postrouting', 'ingress', 'egress'];
  if (!all.includes(hook)) return 'unknown chain hook';
  const arp = ['input', 'output'];
  return family === 'arp' && !arp.includes(hook) ? 'The arp family does not support this hook' : undefined;
}
