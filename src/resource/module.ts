import type { HostSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import { isUnseen } from '../model/unseen.ts';
import { machinesIn } from './machine-text.ts';
import { nothing, type Resource } from './resource.ts';
import { nativeVfDriver } from './vf-driver.ts';

/**
 * A kernel module that a VF's driver needs, or through which DPDK takes a port. It stays loaded: by the time vflane
 * leaves, somebody else may have come to need it.
 */
export const kernelModule: Resource = {
  kind: 'module',
  timeoutMs: 10_000,
  stays: true,
  wanted: (spec, state) => [...modulesOf(spec, state)].map((at) => ({ at, value: true })),
  there: (state) =>
    isUnseen(state.modules)
      ? [{ at: '*', value: state.modules }]
      : state.modules.map((name) => ({ at: name, value: true })),
  move: (at, _from, to) => (to === null ? nothing : { actions: [{ run: ['modprobe', at] }] }),
  settled: () => [],
  why: () => 'Load the driver to which VFs or ports are about to be bound.',
};

function modulesOf(spec: HostSpec, state: HostState): ReadonlySet<string> {
  const isPassed = machinesIn(spec).some(({ machine }) => machine.pci.length > 0);
  const modules = new Set<string>(
    isPassed || (spec.underlay?.functions ?? []).length > 0 ? ['vfio_pci'] : [],
  );
  for (const pf of spec.nics.flatMap((nic) => nic.pfs)) {
    const pfState = state.pfs.find(({ pci }) => pci === pf.pci);
    for (const driver of new Set(pf.vfs.map((vf) => vf.driver))) {
      if (driver !== 'none') modules.add(sysfsName(driver === 'native' ? nativeVfDriver(pfState) : driver));
    }
  }
  return modules;
}

/** The kernel spells module names with underscores (`/sys/module/vfio_pci`). */
function sysfsName(module: string): string {
  return module.replaceAll('-', '_');
}
