import { pciReset } from '../model/firmware.ts';
import type { Json } from '../model/json.ts';
import type { Probe } from '../model/plan.ts';
import { pciPath, type Resource } from './resource.ts';

/** A reset of a whole card, by its first PF, after which it runs what its flash holds. It cannot be undone. */
export const firmwareReset: Resource = {
  kind: 'firmware-reset',
  timeoutMs: 60_000,
  stays: true,
  apart: true,
  wanted: () => [],
  there: () => [],
  move: (at, _from, to) => ({ actions: to === null ? [] : [resetting(at)] }),
  settled: (at, to) => holds('running', at, to),
  shown: (at) => [{ read: pciPath(at, 'sriov_totalvfs'), is: '' }],
  guard: (at, _from, to) => [...holds('stored', at, to), ...ports(to).flatMap(unused)],
  why: () =>
    'Reset the card: both its ports are gone for some seconds. Nothing uses them now, which is checked again right before.',
};

/** A wanted reset: the ports it takes down, and the firmware that is to run after it. */
export interface Reset {
  readonly ports: readonly { readonly pci: string; readonly netdev: string }[];
  readonly version: string;
}

function resetting(pci: string) {
  return { run: ['mstfwreset', '-d', pci, '-l', String(pciReset), '-y', 'reset'], timeoutMs: 300_000 };
}

function ports(to: Json): Reset['ports'] {
  return (to as unknown as Reset | null)?.ports ?? [];
}

/** mstfwreset removes VFs by itself (small_utils/mlxfwresetlib/mlxfwreset_mlnxdriver.py). */
function unused({ pci, netdev }: Reset['ports'][number]): readonly Probe[] {
  return [
    { read: pciPath(pci, 'sriov_numvfs'), is: '0' },
    { link: pciPath(pci, `net/${netdev}/master`), is: '' },
  ];
}

function holds(what: 'running' | 'stored', at: string, to: Json): readonly Probe[] {
  if (to === null) return [];
  const { version } = to as unknown as Reset;
  const query = ['devlink', '-j', 'dev', 'info', `pci/${at}`];
  return [{ query, at: ['info', `pci/${at}`, 'versions', what, 'fw.version'], is: version }];
}
