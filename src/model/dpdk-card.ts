import type { HostSpec } from './host-spec.ts';
import type { HostState, PfState } from './host-state.ts';

/** Where on the machine DPDK's card is; undefined without DPDK, or if it was not looked at. */
export function dpdkCard(
  { overlay }: HostSpec,
  { pfs, functions = [] }: HostState,
): Pick<PfState, 'numaNode' | 'localCpus'> | undefined {
  if (overlay?.dpdk === undefined) return undefined;
  return [...pfs, ...functions].find(({ pci }) => pci === overlay.dpdk);
}
