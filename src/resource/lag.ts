import type { LagState } from '../model/host-state.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import { nothing, type Resource } from './resource.ts';

/**
 * What the card made of the bond, by its first PF: `switchdev` is the VF-LAG that fails VFs over to the other port. To ask
 * only whether it is active is not enough: a RoCE LAG is active too (facts §1.1). Only the bond makes it, so
 * all there is to do is to wait for it.
 */
export const lag: Resource = {
  kind: 'lag',
  // mlx5 tries once a second while it is busy (facts §1.2).
  timeoutMs: 30_000,
  stays: true,
  wanted: (spec) =>
    spec.nics.flatMap(({ lag: wanted, pfs: [first] }) => {
      if (wanted === undefined || first === undefined) return [];
      const shared = wanted === 'shared-fdb' ? [{ at: `${first.pci}/${sharedFdb}`, value: 'on' }] : [];
      return [{ at: first.pci, value: 'switchdev' }, ...shared];
    }),
  there: (state) =>
    state.pfs.flatMap(({ pci, lag: seen }) =>
      seen === undefined
        ? []
        : [
            { at: pci, value: typeOf(seen) },
            { at: `${pci}/${sharedFdb}`, value: sharedIn(seen) },
          ],
    ),
  standsOn: () => ['host-bond bond0'],
  move: () => nothing,
  settled: (at, to) => {
    if (to === null) return [];
    const [pf, what] = at.split('/');
    const folder = `/sys/kernel/debug/mlx5/${pf}/lag`;
    if (what === sharedFdb) return [{ read: `${folder}/flags`, has: `${sharedFdb}:on` }];
    return [
      { read: `${folder}/state`, is: 'active' },
      { read: `${folder}/type`, is: `${to}` },
    ];
  },
  shown: (at) =>
    at.includes('/')
      ? []
      : ['flags', 'mapping'].map((name) => ({ read: `/sys/kernel/debug/mlx5/${at}/lag/${name}`, is: '' })),
  why: () => 'Wait until the card has made one switch of both ports: an active LAG may be of another kind.',
};

/** One forwarding table for both ports (mlx5 lag/debugfs.c): what DPDK, and VFs of the second port, need. */
const sharedFdb = 'shared_fdb';

function sharedIn(seen: Seen<LagState>) {
  if (isUnseen(seen)) return seen;
  return seen.flags.includes(`${sharedFdb}:on`) ? 'on' : null;
}

function typeOf(seen: Seen<LagState>) {
  if (isUnseen(seen)) return seen;
  return seen.state === 'active' ? (seen.type ?? null) : null;
}
