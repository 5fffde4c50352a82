import { replaceNftTable } from '../model/nft-table.ts';
import { isUnseen } from '../model/unseen.ts';
import type { Resource } from './resource.ts';

/**
 * vflane's own nftables tables: nothing that a tenant sends reaches the host's own stack, and VXLAN comes in from the
 * fabric's peers only. The kernel's VXLAN socket listens on every address, so anybody who reaches the host could put
 * packets into any tenant's network (facts §17).
 */
export const underlayGuard: Resource = {
  kind: 'underlay-guard',
  timeoutMs: 5_000,
  wanted: ({ overlay }) =>
    Object.entries(overlay?.guard ?? {}).map(([at, lines]) => ({ at, value: [...lines] })),
  there: ({ guard }) =>
    Object.entries(guard ?? {}).map(([at, lines]) => ({
      at,
      value: isUnseen(lines) ? lines : lines.length === 0 ? null : [...lines],
    })),
  move: (at, _from, to) => ({ nft: replaceNftTable(at, (to ?? []) as readonly string[]) }),
  // The transaction is in force when the command returns; the look at the end reads it back.
  settled: () => [],
  why: (_from, to) => {
    if (to === null) return 'Let the host hear its tenants again.';
    const isTunnelled = (to as readonly string[]).some((line) => line.includes(' underlay '));
    const tunnels = isTunnelled ? ', and VXLAN only from the fabric’s other hosts' : '';
    return `Keep the host out of its tenants’ reach: it accepts nothing from their ports${tunnels}.`;
  },
};
