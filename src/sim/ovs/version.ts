import { kernelOf } from '../functions.ts';
import type { SimState } from '../state.ts';

/** The versions in Debian (facts §7). */
export function ovsVersion(state: SimState): {
  readonly release: string;
  readonly schema: string;
  readonly dpdk: string;
} {
  return kernelOf(state).debian >= 13
    ? { release: '3.5.0', schema: '8.8.0', dpdk: 'DPDK 24.11.4' }
    : { release: '3.1.0', schema: '8.3.1', dpdk: 'DPDK 22.11.10' };
}
