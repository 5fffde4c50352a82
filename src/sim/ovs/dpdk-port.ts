import { cardOf, pfAt } from '../functions.ts';
import { infinibandNames } from '../infiniband.ts';
import type { SimState } from '../state.ts';
import type { WantedIface } from './bridge-wants.ts';
import { entry } from './database.ts';

/** Why a port of type dpdk cannot be had, '' where it can (netdev-dpdk.c; facts §0b, §13.10). */
export function dpdkFault(state: SimState, iface: WantedIface): string {
  const devargs = entry(iface.row, 'options', 'dpdk-devargs');
  if (devargs === '')
    return `'${iface.name}' is missing 'options:dpdk-devargs'. The old 'dpdk<port_id>' names are not supported`;
  return attaches(state, devargs) ? '' : `Error attaching device '${devargs}' to DPDK`;
}

/** Whether the mlx5 driver finds what is asked for. */
function attaches(state: SimState, devargs: string): boolean {
  const [pci = '', more = ''] = devargs.split(/,(.*)/s);
  const pf = pfAt(state, pci);
  if (!pf || !cardOf(state).switchdev || pf.driver !== cardOf(state).pfDriver) return false;
  const spec = /(?:^|,)representor=(.*?)(?:,[a-z_]+=|$)/.exec(more)?.[1];
  if (spec === undefined) return true;
  if (pf.eswitch !== 'switchdev') return false;
  return representors(spec, pf.port).every((rep) => isThere(state, pf.port, rep));
}

interface Representor {
  readonly pf: number;
  readonly vf: number;
}

/** `[0]`, `vf3`, `pf1vf0`, `pf[0,1]vf[0-2]`, `(pf[0-1])vf0`. An unknown form stands for a VF that is not there. */
function representors(spec: string, port: number): readonly Representor[] {
  const [, pfs, vfs = ''] = /^\(?(?:pf(\[[\d,-]+\]|\d+))?\)?(?:vf)?(\[[\d,-]+\]|\d+)$/.exec(spec) ?? [];
  if (vfs === '') return [{ pf: -1, vf: -1 }];
  const ports = pfs === undefined ? [port] : numbers(pfs);
  return ports.flatMap((pf) => numbers(vfs).map((vf) => ({ pf, vf })));
}

function numbers(text: string): readonly number[] {
  return text
    .replace(/[[\]]/g, '')
    .split(',')
    .flatMap((part) => {
      const [from = 0, to = from] = part.split('-').map(Number);
      return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
    });
}

/** The other port's representors are reached only through a bond that DPDK recognises. */
function isThere(state: SimState, port: number, rep: Representor): boolean {
  const pf = state.pfs.find((p) => p.port === rep.pf);
  const exists = pf?.eswitch === 'switchdev' && pf.vfs.some((vf) => vf.index === rep.vf);
  return exists && (rep.pf === port || isBondedForDpdk(state));
}

/** Until 26.03 a device is a bond to DPDK if its RDMA name says so (facts §0b). */
export function isBondedForDpdk(state: SimState): boolean {
  const active = state.lag.type === 'switchdev' && state.lag.sharedFdb;
  return active && infinibandNames(state).some((name) => name.includes('bond'));
}
