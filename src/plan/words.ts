import type { Lookup, Text } from '../model/plan.ts';

/** A text as a person reads it: a name that is looked up later is in angle brackets. */
export function inWords(text: Text): string {
  if (typeof text === 'string') return text;
  return text.map((part) => (typeof part === 'string' ? part : `<${lookupWords(part)}>`)).join('');
}

function lookupWords(lookup: Lookup): string {
  if ('netdev' in lookup) {
    const { pf, vf } = lookup.netdev;
    return vf === undefined ? `netdev of ${pf}` : `representor of VF ${vf} of ${pf}`;
  }
  if ('vf' in lookup) return `VF ${lookup.vf.index} of ${lookup.vf.pf}`;
  if ('libvirtAddress' in lookup) return `address of ${bare(lookup.libvirtAddress)}`;
  if ('rdma' in lookup) return `RDMA device of ${lookup.rdma}`;
  return 'iommuGroup' in lookup
    ? `IOMMU group of ${bare(lookup.iommuGroup)}`
    : `netdev of ${bare(lookup.netdevOf)}`;
}

function bare(text: Text): string {
  return inWords(text).replace(/^<(.*)>$/, '$1');
}
