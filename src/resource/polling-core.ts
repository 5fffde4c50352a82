import { pollingCpu } from '../model/polling-cpu.ts';
import { isUnseen } from '../model/unseen.ts';
import type { Resource } from './resource.ts';

/**
 * The core that polls the card, always at full speed: `pmd-cpu-mask` of Open vSwitch, in hexadecimal. By default OVS takes
 * the first core of the card's NUMA node, where the host does its own work; vflane takes the last one.
 */
export const pollingCore: Resource = {
  kind: 'polling-core',
  timeoutMs: 15_000,
  wanted: (spec, state) => {
    const cpu = pollingCpu(spec, state);
    return cpu === undefined ? [] : [{ at: key, value: maskOf(cpu) }];
  },
  there: ({ ovs }) => {
    if (ovs === undefined) return [];
    if (isUnseen(ovs)) return [{ at: '*', value: ovs }];
    const mask = ovs.settings[key];
    return mask === undefined ? [] : [{ at: key, value: mask }];
  },
  move: (at, _from, to) => ({
    vsctl: [
      to === null
        ? ['remove', 'Open_vSwitch', '.', 'other_config', at]
        : ['set', 'Open_vSwitch', '.', `other_config:${at}=${to}`],
    ],
  }),
  settled: () => [],
  why: (_from, to) =>
    to === null
      ? 'Let Open vSwitch choose the polling core.'
      : 'Have a core near the card poll it, instead of the first one.',
};

const key = 'pmd-cpu-mask';

function maskOf(cpu: number): string {
  return `0x${(1n << BigInt(cpu)).toString(16)}`;
}
