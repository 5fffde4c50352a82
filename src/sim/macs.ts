import type { SimState } from './state.ts';

/** FNV-1a, 32 bits: enough to tell simulated hosts apart, and the same on every run. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}

function octets(value: number, count: number): string {
  return Array.from({ length: count }, (_, i) => ((value >>> (8 * (count - 1 - i))) & 0xff).toString(16))
    .map((octet) => octet.padStart(2, '0'))
    .join(':');
}

/** A vendor's MAC: its OUI, then three octets derived from the host and the port. */
export function burntIn(oui: string, host: string, index: number): string {
  return `${oui}:${octets(((hash(host) & 0xffff) << 8) | (index & 0xff), 3)}`;
}

/** As from `eth_hw_addr_random`: locally administered, unicast, and different each time. */
export function randomMac(state: SimState): string {
  state.randomMacs += 1;
  const seed = `${state.name}/${state.generation}/${state.boots}/${state.randomMacs}`;
  return `${octets((hash(seed) & 0xfc) | 0x02, 1)}:${octets(hash(`${seed}/a`) >>> 8, 3)}:${octets(hash(`${seed}/b`) & 0xffff, 2)}`;
}

/** An id in GUID form, for boot ids and switch ids. */
export function guid(text: string): string {
  const hex = [0, 1, 2, 3].map((part) => hash(`${part}/${text}`).toString(16).padStart(8, '0')).join('');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-');
}

export function bootId(state: SimState): string {
  return guid(`${state.name}/${state.generation}/${state.boots}`);
}

export const zeroMac = '00:00:00:00:00:00';

export function isMulticast(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
}
