import { pciPath, type Resource } from './resource.ts';

/**
 * The pool: how many VFs a PF has. The kernel changes the number only through 0, which destroys every VF
 * (drivers/pci/iov.c, sriov_numvfs_store), so everything on a VF comes down first.
 */
export const numVfs: Resource = {
  kind: 'num-vfs',
  // A card takes seconds to create 127 VFs.
  timeoutMs: 30_000,
  made: true,
  wanted: (spec) =>
    spec.nics.flatMap((nic) => nic.pfs.map((pf) => ({ at: pf.pci, value: pf.numVfs || null }))),
  there: (state) =>
    state.pfs
      .filter((pf) => pf.present)
      .map((pf) => ({ at: pf.pci, value: typeof pf.numVfs === 'number' ? pf.numVfs || null : pf.numVfs })),
  standsOn: (at) => [`sriov-drivers-autoprobe ${at}`],
  // The firmware refuses a change of mode while a VF is bound (facts §2.1), and representors come with the VFs.
  reads: (at) => [`eswitch ${at}`],
  replaced: () => true,
  move: (at, _from, to) => ({ actions: [{ write: pciPath(at, 'sriov_numvfs'), text: `${to ?? 0}` }] }),
  settled: (at, to) => [{ read: pciPath(at, 'sriov_numvfs'), is: `${to ?? 0}` }],
  takes: (at, from) => (from === null ? undefined : { pf: at }),
  why: (_from, to) =>
    to === null
      ? 'Remove the VFs: the kernel changes their number only through 0.'
      : 'Make the pool of VFs once, for all guests to come.',
};
