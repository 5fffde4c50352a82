import { finding } from '../model/catalogue.ts';
import { placeOf, type Rule } from './rule.ts';

const pageMib = 2;

/** The kernel makes as many pages as it finds memory for, and reports success (mm/hugetlb.c). */
export const tooLittleMemory: Rule = (examined) => {
  const { state, spec, host } = examined;
  const leastPages = spec.overlay?.hugepages;
  if (leastPages === undefined) return [];
  // On a machine of several nodes the card's node is the one that is looked at.
  const places = Object.keys(state.freeMemoryMib ?? {});
  const place = places.find((one) => one !== 'host') ?? 'host';
  const [have, free] = [state.hugepages?.[place], state.freeMemoryMib?.[place]];
  if (typeof have !== 'number' || typeof free !== 'number') return [];
  const missing = Math.max(0, leastPages - have) * pageMib;
  if (missing <= free) return [];
  const where = place === 'host' ? host.name : `${host.name}'s NUMA ${place}, where the card is,`;
  return [
    finding(
      'VF2060',
      placeOf(examined, 'datapath'),
      `${where} has ${free} MiB of memory to give, but ${missing} MiB more are needed as hugepages (${leastPages} of ${pageMib} MiB; ${have} are there)`,
      `Free memory, or set it aside at boot: hugepages=${leastPages} on the kernel command line.`,
    ),
  ];
};
