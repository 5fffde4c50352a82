import type { Nic } from '../model/fabric.ts';
import { asIfName, asPciAddress, type IfName, type PciAddress } from '../model/names.ts';
import { isWrong, quoted, type Read } from './grammar.ts';

/** The card by its PCI device (functions 0 and 1 are its ports), or `software`. */
export function readCard(text: string): Read<Nic> {
  if (text === 'software') return { value: { kind: 'software' } };
  const [first, second] = [asPciAddress(`${text}.0`), asPciAddress(`${text}.1`)];
  if (first && second) return { value: { kind: 'pfs', pfs: [first, second] } };
  return { wrong: `${quoted(text)} is not a card`, hint: cardHint(text) };
}

function cardHint(text: string): string {
  const card = text.replace(/\.[0-7]$/, '');
  const form = 'write the card as "0000:03:00", its two PFs as ["0000:03:00.0", "0000:03:00.1"], or software';
  if (asPciAddress(`${card}.0`)) return `write the card without a function, "${card}", or both PFs in a list`;
  if (asPciAddress(`0000:${card}.0`)) return `write the PCI domain too: "0000:${card}"`;
  return `${form}; the quotes keep other YAML readers from taking it for a number`;
}

/** One PF in full: domain, bus, device and function. */
export function readPf(text: string): Read<PciAddress> {
  const value = asPciAddress(text);
  if (value) return { value };
  const withDomain = asPciAddress(`0000:${text}`);
  const hint = withDomain
    ? `write the PCI domain too: "${withDomain}"`
    : 'write domain, bus, device and function: "0000:03:00.0"';
  return { wrong: `${quoted(text)} is not a PCI address of a PF`, hint };
}

/** Any PCI function in full. */
export function readFunction(text: string): Read<PciAddress> {
  const read = readPf(text);
  return isWrong(read) ? { ...read, wrong: `${quoted(text)} is not a PCI address` } : read;
}

/** Two different PFs, in the order of their ports. */
export function readPfs(texts: readonly string[]): Read<Nic> {
  const pair = readPair(texts);
  if (isWrong(pair)) return pair;
  const [first, second] = [readPf(pair.value[0]), readPf(pair.value[1])];
  if (isWrong(first)) return first;
  if (isWrong(second)) return second;
  return { value: { kind: 'pfs', pfs: [first.value, second.value] } };
}

/** Two different texts, whatever they are. */
export function readPair(texts: readonly string[]): Read<readonly [string, string]> {
  const [first, second] = texts;
  const hint = 'write two different PFs, port 0 first';
  if (first === undefined || second === undefined || texts.length > 2) {
    return { wrong: `${texts.length} PF${texts.length === 1 ? ' is' : 's are'} given`, hint };
  }
  if (first.toLowerCase() !== second.toLowerCase()) return { value: [first, second] };
  return { wrong: `both PFs are ${quoted(first)}`, hint };
}

/** Whether both PFs are functions of one PCI device. */
export function onOneCard(pfs: readonly [PciAddress, PciAddress]): boolean {
  return pfs[0].slice(0, -2) === pfs[1].slice(0, -2);
}

/** A netdev of the host by its name, or a PCI function by its address. */
export function readPort(given: string): Read<IfName | PciAddress> {
  const value = asIfName(given) ?? asPciAddress(given);
  if (value !== undefined) return { value };
  const withDomain = asPciAddress(`0000:${given}`);
  const hint = withDomain
    ? `write the PCI domain too: "${withDomain}"`
    : 'write a name that `ip link` prints, or with ovs-dpdk a PCI address such as "0000:03:00.0"';
  return { wrong: `${quoted(given)} is not a netdev`, hint };
}
