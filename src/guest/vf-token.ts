import type { PciAddress } from '../model/names.ts';
import type { Text } from '../model/plan.ts';

/**
 * A VF has no PCI address before its pool is there. In the text of a definition it stands as `<VF 3 of 0000:03:00.0>`, and is
 * looked up when the text is written.
 */
export function vfToken(pf: PciAddress, index: number): string {
  return `<VF ${index} of ${pf}>`;
}

const token = /<VF (\d{1,4}) of ([0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7])>/g;

/** The text with a lookup for each VF. */
export function withLookups(text: string): Text {
  const parts: Exclude<Text, string>[number][] = [];
  let from = 0;
  for (const match of text.matchAll(token)) {
    const { pf, index } = placeIn(match);
    parts.push(text.slice(from, match.index), { vf: { pf, index } });
    from = match.index + match[0].length;
  }
  return parts.length === 0 ? text : [...parts, text.slice(from)].filter((part) => part !== '');
}

/** The VFs that a text names, in its order. */
export function vfsIn(text: string): readonly { readonly pf: PciAddress; readonly index: number }[] {
  return [...text.matchAll(token)].map(placeIn);
}

function placeIn(match: RegExpMatchArray) {
  return { pf: match[2] as PciAddress, index: Number(match[1]) };
}

interface Pool {
  readonly pci: PciAddress;
  readonly vfs: readonly { readonly index: number; readonly pci: PciAddress }[];
}

/** A text as it was found, with a token for each address that is a VF's of these pools. */
export function withTokens(text: string, pools: readonly Pool[]): string {
  const tokens = new Map(
    pools.flatMap(({ pci: pf, vfs }) =>
      vfs.map(({ pci, index }) => [pci as string, vfToken(pf, index)] as const),
    ),
  );
  const address = /(?<=host=)[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]/g;
  return text.replace(address, (found) => tokens.get(found) ?? found);
}
