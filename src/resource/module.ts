import { isUnseen } from '../model/host-state.ts';
import { nothing, type Resource } from './resource.ts';
import { nativeVfDriver } from './vf-driver.ts';

/**
 * A kernel module that a VF's driver needs. It stays loaded for good: by the time vflane leaves, somebody else may have
 * come to need it.
 */
export const kernelModule: Resource = {
  kind: 'module',
  timeoutMs: 10_000,
  stays: true,
  wanted: (spec, state) => {
    const vfs = spec.nics.flatMap((nic) => nic.pfs.flatMap((pf) => pf.vfs.map((vf) => ({ pf: pf.pci, vf }))));
    const names = vfs.flatMap(({ pf, vf }) => {
      if (vf.driver === 'none') return [];
      return vf.driver === 'native' ? [nativeVfDriver(state.pfs.find((p) => p.pci === pf))] : [vf.driver];
    });
    return [...new Set(names.map(sysfsName))].map((at) => ({ at, value: true }));
  },
  there: (state) =>
    isUnseen(state.modules)
      ? [{ at: '*', value: state.modules }]
      : state.modules.map((name) => ({ at: name, value: true })),
  move: (at, _from, to) => (to === null ? nothing : { actions: [{ run: ['modprobe', at] }] }),
  settled: () => [],
  why: () => 'Load the driver that the VFs are about to be given.',
};

/** The kernel spells module names with underscores (`/sys/module/vfio_pci`). */
function sysfsName(module: string): string {
  return module.replaceAll('-', '_');
}
