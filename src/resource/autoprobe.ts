import type { HostState } from '../model/host-state.ts';
import { pciPath, type Resource } from './resource.ts';

/**
 * Whether new VFs are bound to the host's own driver at once. If off, a VF that nobody asked for has no driver, and a pool
 * of 127 is made without 127 probes (facts §3.3).
 */
export const autoprobe: Resource = {
  kind: 'sriov-drivers-autoprobe',
  timeoutMs: 2_000,
  wanted: (spec) => spec.nics.flatMap((nic) => nic.pfs.map((pf) => ({ at: pf.pci, value: false }))),
  there: (state: HostState) =>
    state.pfs.filter((pf) => pf.present).map((pf) => ({ at: pf.pci, value: pf.autoprobe })),
  move: (at, _from, to) => ({
    actions: to === null ? [] : [{ write: pciPath(at, 'sriov_drivers_autoprobe'), text: to ? '1' : '0' }],
  }),
  settled: (at, to) =>
    to === null ? [] : [{ read: pciPath(at, 'sriov_drivers_autoprobe'), is: to ? '1' : '0' }],
  why: (_from, to) =>
    to === true
      ? 'Let the kernel bind new VFs by itself again.'
      : 'Keep the kernel from binding new VFs by itself: a VF without an owner has no driver.',
};
