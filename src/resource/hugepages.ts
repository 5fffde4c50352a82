import { dpdkCard } from '../model/dpdk-card.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import { guestPages, hugepagesPath } from '../model/hugepages.ts';
import { isUnseen } from '../model/unseen.ts';
import { nothing, type Resource } from './resource.ts';

/**
 * Pages of 2 MiB for DPDK, and for guests backed by them, on the card's NUMA node if the machine has several. A host that has more keeps them. The kernel accepts
 * the number and makes as many as it finds memory for (mm/hugetlb.c), so the number is read back.
 */
export const hugepages: Resource = {
  kind: 'hugepages',
  // The kernel has to move other pages out of the way.
  timeoutMs: 30_000,
  wanted: (spec, state) => {
    const least = (spec.overlay?.hugepages ?? 0) + guestPages(spec);
    if (least === 0) return [];
    const at = placeOf(spec, state);
    const seen = state.hugepages?.[at];
    return [{ at, value: typeof seen === 'number' ? Math.max(seen, least) : least }];
  },
  there: (state) => Object.entries(state.hugepages ?? {}).map(([at, value]) => ({ at, value })),
  move: (at, _from, to) =>
    to === null ? nothing : { actions: [{ write: hugepagesPath(at), text: `${to}` }] },
  settled: (at, to) => (to === null ? [] : [{ read: hugepagesPath(at), is: `${to}` }]),
  why: () => 'Set memory aside in pages of 2 MiB, for DPDK’s buffers and for guests.',
};

/** The card's node, which is also the guests'. */
function placeOf(spec: HostSpec, state: HostState): string {
  const first = spec.nics[0]?.pfs[0]?.pci;
  const card = dpdkCard(spec, state) ?? state.pfs.find(({ pci }) => pci === first);
  const node = card?.numaNode;
  return node === undefined || isUnseen(node) || node < 0 ? 'host' : `node${node}`;
}
