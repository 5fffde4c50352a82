import { isUnseen } from '../model/host-state.ts';
import { nftTable, replaceNftTable } from '../model/nft-table.ts';
import type { Resource } from './resource.ts';

/**
 * vflane's own nftables table: VXLAN comes in from the fabric's peers only. The kernel's VXLAN socket listens on every
 * address, so that anybody who reaches the host could put packets into any tenant's network (facts §17).
 */
export const underlayGuard: Resource = {
  kind: 'underlay-guard',
  timeoutMs: 5_000,
  wanted: ({ overlay }) =>
    overlay === undefined || overlay.guard.length === 0 ? [] : [{ at: nftTable, value: [...overlay.guard] }],
  there: ({ guard }) => {
    if (guard === undefined) return [];
    return [{ at: nftTable, value: isUnseen(guard) ? guard : guard.length === 0 ? null : [...guard] }];
  },
  move: (_at, _from, to) => ({
    actions: [{ run: ['nft', '-f', '-'], stdin: replaceNftTable((to ?? []) as readonly string[]) }],
  }),
  // The transaction is in force when it is answered; the look at the end reads it back.
  settled: () => [],
  why: (_from, to) =>
    to === null ? 'Let VXLAN in from anywhere again.' : 'Let VXLAN in from the fabric’s other hosts only.',
};
