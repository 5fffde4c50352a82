import { dpdkCard } from './dpdk-card.ts';
import type { HostSpec } from './host-spec.ts';
import type { HostState } from './host-state.ts';
import { isUnseen } from './unseen.ts';

/** The last CPU near the card; undefined if the host does not say which those are. */
export function pollingCpu(spec: HostSpec, state: HostState): number | undefined {
  const cpus = dpdkCard(spec, state)?.localCpus;
  if (cpus === undefined || isUnseen(cpus)) return undefined;
  const [, last] = /(\d+)$/.exec(cpus) ?? [];
  return last === undefined ? undefined : Number(last);
}
