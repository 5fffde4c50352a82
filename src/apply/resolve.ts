import { HostError, type HostReader } from '../host/host.ts';
import { asIfName, asPciAddress } from '../model/names.ts';
import type { Lookup, Text } from '../model/plan.ts';
import { lookOnce } from './look-once.ts';
import { netdevsOf, representors, uplinks } from './netdevs.ts';

/** Lookups in words → the values they had. */
export type Resolved = { readonly [lookup: string]: string };

/** A lookup that did not yield exactly one sound name. */
export class Unresolved extends Error {
  override readonly name = 'Unresolved';
}

/** One look at a host: every question asked once, every name resolved once. */
export interface Look {
  readonly reader: HostReader;
  /** What the names were when the step was done: this decides if an undo finds several matches. */
  readonly known: Resolved;
  readonly found: Map<string, string>;
}

export function lookAt(host: HostReader, known: Resolved = {}): Look {
  return { reader: lookOnce(host), known, found: new Map() };
}

/** @throws Unresolved, or HostError if the host could not be asked at all. */
export async function fill(look: Look, text: Text): Promise<string> {
  if (typeof text === 'string') return text;
  const parts: string[] = [];
  for (const part of text) parts.push(typeof part === 'string' ? part : await resolve(look, part));
  return parts.join('');
}

export async function resolve(look: Look, lookup: Lookup): Promise<string> {
  const words = lookupWords(lookup);
  const before = look.found.get(words);
  if (before !== undefined) return before;
  const value = theOne(words, await candidates(look, lookup), look.known[words]);
  if (!isSound(lookup, value)) throw new Unresolved(`${words}: "${value}" is not a sound name for it`);
  look.found.set(words, value);
  return value;
}

function theOne(words: string, all: readonly string[], known: string | undefined): string {
  const [first] = all;
  if (all.length === 1 && first !== undefined) return first;
  if (known !== undefined && all.includes(known)) return known;
  throw new Unresolved(`${words}: ${all.length ? `${all.length} match: ${all.join(', ')}` : 'none there'}`);
}

// The result is pasted into `ip -batch` stdin and sysfs paths: nothing in it may split a line or leave a folder.
function isSound(lookup: Lookup, value: string): boolean {
  if ('vf' in lookup) return asPciAddress(value) !== undefined;
  if ('libvirtAddress' in lookup) return libvirtForm.test(value);
  if ('iommuGroup' in lookup) return /^\d{1,9}$/.test(value);
  // IB_DEVICE_NAME_MAX is 64 (include/rdma/ib_verbs.h).
  if ('rdma' in lookup) return /^[A-Za-z0-9_][A-Za-z0-9_-]{0,62}$/.test(value);
  return asIfName(value) !== undefined;
}

const libvirtForm = /^domain='0x[0-9a-f]{4}' bus='0x[0-9a-f]{2}' slot='0x[01][0-9a-f]' function='0x[0-7]'$/;

async function candidates(look: Look, lookup: Lookup): Promise<readonly string[]> {
  try {
    return await ask(look, lookup);
  } catch (error) {
    if (!(error instanceof HostError && error.details.kind === 'errno')) throw error;
    throw new Unresolved(`${lookupWords(lookup)}: ${error.message}`, { cause: error });
  }
}

async function ask(look: Look, lookup: Lookup): Promise<readonly string[]> {
  const { reader } = look;
  if ('vf' in lookup) {
    return [lastPart(await reader.readLink(`${pci(lookup.vf.pf)}/virtfn${lookup.vf.index}`))];
  }
  if ('iommuGroup' in lookup) {
    return [lastPart(await reader.readLink(`${pci(await address(look, lookup.iommuGroup))}/iommu_group`))];
  }
  if ('libvirtAddress' in lookup) return [inParts(await address(look, lookup.libvirtAddress))];
  if ('rdma' in lookup) return reader.listDir(`${pci(lookup.rdma)}/infiniband`);
  if ('netdevOf' in lookup) return reader.listDir(`${pci(await address(look, lookup.netdevOf))}/net`);
  const { pf, vf } = lookup.netdev;
  const netdevs = await netdevsOf(reader, pf);
  return vf === undefined ? uplinks(netdevs) : representors(netdevs, vf);
}

/** As libvirt writes `0000:03:00.2` (libvirt.org, formatdomain, hostdev). */
function inParts(pciAddress: string): string {
  const [domain, bus, slot, fn] = pciAddress.split(/[:.]/);
  return `domain='0x${domain}' bus='0x${bus}' slot='0x${slot}' function='0x${fn}'`;
}

async function address(look: Look, text: Text): Promise<string> {
  const value = await fill(look, text);
  if (asPciAddress(value) === undefined) throw new Unresolved(`"${value}" is not a PCI address`);
  return value;
}

export function pci(address: string): string {
  return `/sys/bus/pci/devices/${address}`;
}

export function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A text as far as it is known without a host: `/sys/class/net/{netdev of 0000:03:00.0}/mtu`. */
export function textWords(text: Text): string {
  if (typeof text === 'string') return text;
  return text.map((part) => (typeof part === 'string' ? part : `{${lookupWords(part)}}`)).join('');
}

export function lookupWords(lookup: Lookup): string {
  if ('vf' in lookup) return `VF ${lookup.vf.index} of ${lookup.vf.pf}`;
  if ('rdma' in lookup) return `RDMA device of ${lookup.rdma}`;
  if ('libvirtAddress' in lookup) return `libvirt address of ${textWords(lookup.libvirtAddress)}`;
  if ('iommuGroup' in lookup) return `IOMMU group of ${textWords(lookup.iommuGroup)}`;
  if ('netdevOf' in lookup) return `netdev of ${textWords(lookup.netdevOf)}`;
  const { pf, vf } = lookup.netdev;
  return vf === undefined ? `netdev of PF ${pf}` : `representor of VF ${vf} of ${pf}`;
}
