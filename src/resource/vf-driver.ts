import type { VfSpec } from '../model/host-spec.ts';
import type { PfState, VfState } from '../model/host-state.ts';
import type { Json } from '../model/json.ts';
import type { Action, Lookup } from '../model/plan.ts';
import { vfAt, vfPlace } from './place.ts';
import { pciPath, type Resource } from './resource.ts';

/**
 * The driver that a VF is bound to: `vfio-pci` for a VM, the host's own for a namespace, none for a spare one. It is
 * chosen through `driver_override`, for this VF alone: `new_id` takes every VF of the kind (facts §3.3).
 */
export const vfDriver: Resource = {
  kind: 'vf-driver',
  timeoutMs: 20_000,
  fresh: null,
  wanted: (spec, state) =>
    spec.nics.flatMap((nic) =>
      nic.pfs.flatMap((pf) => {
        const pfState = state.pfs.find((candidate) => candidate.pci === pf.pci);
        return pf.vfs.map((vf) => ({ at: vfAt(pf.pci, vf.index), value: driverOf(vf, pfState) }));
      }),
    ),
  there: (state) =>
    state.pfs.flatMap((pf) => pf.vfs.map((vf) => ({ at: vfAt(pf.pci, vf.index), value: seen(vf) }))),
  // The firmware neither joins nor splits the card's two switches while a VF is bound (facts §1.2).
  standsOn: (at) => [`num-vfs ${vfPlace(at).pf}`, 'host-bond bond0'],
  // A VF's driver reads the MAC when it probes.
  reads: (at) => [`vf-mac ${at}`],
  replaced: () => true,
  move: (at, from, to) => ({ actions: [...unbind(vfOf(at), from), ...bind(vfOf(at), to)] }),
  settled: (at, to) => [{ link: pciPath(vfOf(at), 'driver'), is: parts(to).driver }],
  guard: (at, from) => (parts(from).driver === '' ? [] : [{ unused: vfOf(at) }]),
  takes: (at, from) => (parts(from).driver === '' ? undefined : { vf: at }),
  why: (_from, to) =>
    to === null
      ? 'Unbind the VFs from their driver, so that nothing can be sent through them.'
      : 'Bind the VFs, one by one, to the driver that their guests need.',
};

/** PF driver → the driver of its VFs; mlx5 has one for both. */
const nativeVfDrivers: { readonly [pfDriver: string]: string } = {
  igb: 'igbvf',
  ixgbe: 'ixgbevf',
  i40e: 'iavf',
  ice: 'iavf',
};

/** The driver that the host itself would use for a VF of this PF. */
export function nativeVfDriver(pf: PfState | undefined): string {
  const driver = pf?.driver ?? 'mlx5_core';
  return nativeVfDrivers[driver] ?? driver;
}

function driverOf(vf: VfSpec, pf: PfState | undefined): string | null {
  if (vf.driver === 'none') return null;
  return vf.driver === 'native' ? nativeVfDriver(pf) : vf.driver;
}

function vfOf(at: string): Lookup {
  return { vf: vfPlace(at) };
}

/**
 * `mlx5_core`; or `none override vfio-pci` for a VF that waits for a driver other than its present one: the next load of that
 * driver would bind it.
 */
function seen({ driver, driverOverride }: VfState): Json {
  if (driverOverride === '' || driverOverride === driver) return driver ?? null;
  return `${driver ?? 'none'} override ${driverOverride}`;
}

/** '' for none. */
function parts(value: Json): { readonly driver: string; readonly override: string } {
  if (value === null) return { driver: '', override: '' };
  const [driver = '', override = driver] = `${value}`.split(' override ');
  return { driver: driver === 'none' ? '' : driver, override };
}

/** The override first: removing the driver has to be the last action. */
function unbind(vf: Lookup, from: Json): readonly Action[] {
  const { driver, override } = parts(from);
  return [
    // A lone line break clears it (drivers/pci/pci-sysfs.c, driver_override_store).
    ...(override === '' ? [] : [overrideBy(vf, '\n')]),
    ...(driver === '' ? [] : [{ write: `/sys/bus/pci/drivers/${driver}/unbind`, text: [vf] }]),
  ];
}

function bind(vf: Lookup, to: Json): readonly Action[] {
  const { driver, override } = parts(to);
  const probed = [overrideBy(vf, driver), { write: '/sys/bus/pci/drivers_probe', text: [vf] }];
  return [...(driver === '' ? [] : probed), ...(override === driver ? [] : [overrideBy(vf, override)])];
}

function overrideBy(vf: Lookup, driver: string): Action {
  return { write: pciPath(vf, 'driver_override'), text: driver };
}
