import { isUnseen, type LagState, type Seen } from '../model/host-state.ts';
import { nothing, type Resource } from './resource.ts';

/**
 * What the card made of the bond, by its first PF: `switchdev` is the VF-LAG that carries VFs over to the other port. Only
 * to ask whether it is active is not enough: a RoCE LAG is active too (facts §1.1). Nothing makes it but the bond, so
 * that all there is to do is to wait for it.
 */
export const lag: Resource = {
  kind: 'lag',
  // mlx5 tries once a second while it is busy (facts §1.2).
  timeoutMs: 30_000,
  stays: true,
  wanted: (spec) =>
    spec.nics.flatMap(({ bond, pfs: [first] }) =>
      bond?.lag && first ? [{ at: first.pci, value: 'switchdev' }] : [],
    ),
  there: (state) =>
    state.pfs.flatMap((pf) => (pf.lag === undefined ? [] : [{ at: pf.pci, value: typeOf(pf.lag) }])),
  standsOn: () => ['host-bond bond0'],
  move: () => nothing,
  settled: (at, to) => {
    if (to === null) return [];
    const folder = `/sys/kernel/debug/mlx5/${at}/lag`;
    return [
      { read: `${folder}/state`, is: 'active' },
      { read: `${folder}/type`, is: `${to}` },
    ];
  },
  shown: (at) =>
    ['flags', 'mapping'].map((name) => ({ read: `/sys/kernel/debug/mlx5/${at}/lag/${name}`, is: '' })),
  why: () => 'Wait until the card has made one switch of both ports; that it is active is not enough.',
};

function typeOf(seen: Seen<LagState>) {
  if (isUnseen(seen)) return seen;
  return seen.state === 'active' ? (seen.type ?? null) : null;
}
