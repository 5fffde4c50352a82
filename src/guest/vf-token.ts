import type { PciAddress } from '../model/names.ts';
import type { Lookup, Text } from '../model/plan.ts';

/**
 * A VF has no PCI address before its pool exists. In the text of a definition it stands as `<VF 3 of 0000:03:00.0>`, and is
 * looked up when the text is written.
 */
export function vfToken(pf: PciAddress, index: number): string {
  return `<VF ${index} of ${pf}>`;
}

/** The same, for libvirt, which wants the address in parts. */
export function addressToken(pf: PciAddress, index: number): string {
  return `<address of VF ${index} of ${pf}>`;
}

const token = /<(address of )?VF (\d{1,4}) of ([0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7])>/g;

/** The text, with a lookup for each VF. */
export function withLookups(text: string): Text {
  const parts: Exclude<Text, string>[number][] = [];
  let from = 0;
  for (const match of text.matchAll(token)) {
    parts.push(text.slice(from, match.index), lookupOf(match));
    from = match.index + match[0].length;
  }
  return parts.length === 0 ? text : [...parts, text.slice(from)].filter((part) => part !== '');
}

function lookupOf(match: RegExpMatchArray): Lookup {
  const vf: Lookup = { vf: placeIn(match) };
  return match[1] === undefined ? vf : { libvirtAddress: [vf] };
}

/** The VFs that a text names, in its order. */
export function vfsIn(text: string): readonly { readonly pf: PciAddress; readonly index: number }[] {
  return [...text.matchAll(token)].map(placeIn);
}

function placeIn(match: RegExpMatchArray) {
  return { pf: match[3] as PciAddress, index: Number(match[2]) };
}

interface Pool {
  readonly pci: PciAddress;
  readonly vfs: readonly { readonly index: number; readonly pci: PciAddress }[];
}

const pci = '[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\\.[0-7]';
const inArgv = new RegExp(`(?<=host=)${pci}`, 'g');
const inXml = /domain='0x([0-9a-f]{4})' bus='0x([0-9a-f]{2})' slot='0x([01][0-9a-f])' function='0x([0-7])'/g;

/** A text as it was found, with a token in place of each address of a VF of these pools. */
export function withTokens(text: string, pools: readonly Pool[]): string {
  const places = new Map(
    pools.flatMap(({ pci: pf, vfs }) =>
      vfs.map((vf) => [vf.pci as string, { pf, index: vf.index }] as const),
    ),
  );
  const tokenFor = (address: string, found: string, make: typeof vfToken) => {
    const place = places.get(address);
    return place === undefined ? found : make(place.pf, place.index);
  };
  return text
    .replace(inArgv, (found) => tokenFor(found, found, vfToken))
    .replace(inXml, (found, domain, bus, slot, fn) =>
      tokenFor(`${domain}:${bus}:${slot}.${fn}`, found, addressToken),
    );
}
