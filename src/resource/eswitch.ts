import type { Resource } from './resource.ts';

/**
 * The mode of a PF's embedded switch (devlink-dev(8)). In `switchdev` each VF has a representor on the host, and the
 * host's bridge decides what passes. It is lost at a reboot.
 */
export const eswitch: Resource = {
  kind: 'eswitch',
  // The driver rebuilds the port, which takes seconds.
  timeoutMs: 30_000,
  wanted: (spec) =>
    spec.overlay === undefined
      ? []
      : spec.nics.flatMap((nic) => nic.pfs.map((pf) => ({ at: pf.pci, value: pf.eswitch }))),
  there: (state) =>
    state.pfs.flatMap((pf) =>
      pf.eswitch === undefined || pf.eswitch === 'none' ? [] : [{ at: pf.pci, value: pf.eswitch }],
    ),
  move: (at, _from, to) => ({
    actions: to === null ? [] : [{ run: ['devlink', 'dev', 'eswitch', 'set', `pci/${at}`, 'mode', `${to}`] }],
  }),
  settled: (at, to) =>
    to === null
      ? []
      : [
          {
            query: ['devlink', '-j', 'dev', 'eswitch', 'show', `pci/${at}`],
            at: ['dev', `pci/${at}`, 'mode'],
            is: to,
          },
        ],
  takes: (at, from) => (from === null ? undefined : { pf: at }),
  why: (_from, to) =>
    to === 'switchdev'
      ? 'Put both ports’ switches under the host’s control while there is no VF: the firmware refuses it later.'
      : 'Give both ports’ switches back to the card.',
};
