import type { HostSpec } from './host-spec.ts';
import { type HostState, isUnseen } from './host-state.ts';

/** The last CPU near the card; undefined where the host does not say which are. */
export function pollingCpu({ overlay }: HostSpec, { pfs }: HostState): number | undefined {
  if (overlay?.dpdk === undefined) return undefined;
  const cpus = pfs.find(({ pci }) => pci === overlay.dpdk)?.localCpus;
  if (cpus === undefined || isUnseen(cpus)) return undefined;
  const [, last] = /(\d+)$/.exec(cpus) ?? [];
  return last === undefined ? undefined : Number(last);
}
