import type { HostSpec } from './host-spec.ts';
import type { HostState, PfState } from './host-state.ts';

/** Where on the machine the card is that DPDK takes; undefined without DPDK, or where it was not looked at. */
export function dpdkCard(
  { overlay }: HostSpec,
  { pfs, functions = [] }: HostState,
): Pick<PfState, 'numaNode' | 'localCpus'> | undefined {
  if (overlay?.dpdk === undefined) return undefined;
  return [...pfs, ...functions].find(({ pci }) => pci === overlay.dpdk);
}
