import { allVfs, cardOf } from './functions.ts';
import type { Pf, SimState, Vf } from './state.ts';

/** rdma-core's rule that renames RDMA devices after their PCI address; a file of that name here overrides it (facts §0b). */
const namingRule = '/etc/udev/rules.d/60-rdma-persistent-naming.rules';

export interface RdmaDevice {
  readonly pci: string;
  readonly name: string;
  /** Both ports behind one device. */
  readonly merged: boolean;
}

/** One device per function; one for both ports if the LAG is RoCE's or shares the FDB (mlx5 ib main.c). */
export function rdmaDevices(state: SimState): readonly RdmaDevice[] {
  if (!cardOf(state).switchdev) return [];
  const merged = state.lag.type === 'roce' || state.lag.sharedFdb;
  const driven = state.pfs.filter((pf) => pf.driver === 'mlx5_core');
  const ports = merged ? driven.slice(0, 1) : driven;
  const vfs = allVfs(state).filter((vf) => vf.driver === 'mlx5_core');
  return [
    ...ports.map((pf) => ({ pci: pf.pci, merged, name: nameOf(state, pf, merged) })),
    ...vfs.map((vf) => ({ pci: vf.pci, merged: false, name: nameOf(state, vf, false) })),
  ];
}

export function infinibandNames(state: SimState): readonly string[] {
  return rdmaDevices(state).map((device) => device.name);
}

/** The key of a device's given name: merging or splitting the devices makes new ones, without that name. */
export function renameKey(pci: string, merged: boolean): string {
  return merged ? `${pci} merged` : pci;
}

function nameOf(state: SimState, fn: Pf | Vf, merged: boolean): string {
  const given = state.rdmaNames[renameKey(fn.pci, merged)];
  if (given !== undefined) return given;
  return Object.hasOwn(state.files, namingRule) ? kernelName(state, fn, merged) : persistentName(fn.pci);
}

function kernelName(state: SimState, fn: Pf | Vf, merged: boolean): string {
  if (merged) return 'mlx5_bond_0';
  const all = [...state.pfs, ...allVfs(state)];
  return `mlx5_${all.findIndex((other) => other.pci === fn.pci)}`;
}

function persistentName(pci: string): string {
  const [, bus = '', rest = ''] = pci.split(':');
  const [device = '', fn = ''] = rest.split('.');
  return `rocep${Number.parseInt(bus, 16)}s${Number.parseInt(device, 16)}f${fn}`;
}
