import { type HostState, isUnseen, type LinkState } from '../model/host-state.ts';
import type { Step } from '../model/plan.ts';

/**
 * True where a step changes a PF over which the operator came in: the netdev of his session itself, or one below it, as a
 * member of its bond or bridge or under its VLAN. The settings of single VFs are no way in.
 */
export function touchesWayIn({ session, links, pfs }: HostState, steps: readonly Step[]): boolean {
  if (session === undefined || isUnseen(links)) return false;
  const ways = below(session, links);
  const carrying = pfs.filter(({ netdev }) => netdev !== undefined && ways.has(netdev));
  return steps.some(({ changes }) => changes.some(({ at }) => carrying.some(({ pci }) => at === pci)));
}

/** A netdev and everything it stands on. */
function below(session: string, links: readonly LinkState[]): ReadonlySet<string> {
  const ways = new Set([session]);
  for (const name of ways) {
    for (const link of links) {
      if (link.master === name) ways.add(link.name);
      if (link.name === name && link.lower !== undefined) ways.add(link.lower);
    }
  }
  return ways;
}
