import type { PciAddress } from '../model/names.ts';
import { isUnseen } from '../model/unseen.ts';
import type { Resource } from './resource.ts';

/**
 * A PF's combined channels, one for each core that may work for it. Every change to switchdev leaves only one (mlx5 en_rep.c,
 * MLX5E_REP_PARAMS_DEF_NUM_CHANNELS), on both ports; the seed measured 30 of 90 Gb/s then.
 */
export const channels: Resource = {
  kind: 'channels',
  timeoutMs: 10_000,
  wanted: (spec, state) =>
    spec.overlay === undefined
      ? []
      : state.pfs.flatMap((pf) =>
          pf.channels === undefined || isUnseen(pf.channels) ? [] : [{ at: pf.pci, value: pf.channels.max }],
        ),
  there: (state) =>
    state.pfs.flatMap(({ pci, channels: seen }) =>
      seen === undefined ? [] : [{ at: pci, value: isUnseen(seen) ? seen : seen.now }],
    ),
  reads: (at) => [`eswitch ${at}`],
  move: (at, _from, to) => ({
    actions:
      to === null
        ? []
        : [{ run: ['ethtool', '-L', [{ netdev: { pf: at as PciAddress } }], 'combined', `${to}`] }],
  }),
  // Debian 13's ethtool prints channels only as text (facts §5); the look at the end reads it.
  settled: () => [],
  why: (_from, to) =>
    to === null
      ? 'The channels go with the mode: there is nothing to run, but the way back sets them again.'
      : 'Give both ports all their channels again: the change of mode leaves one.',
};
