import { finding } from '../model/catalogue.ts';
import { pollingCpu } from '../model/polling-cpu.ts';
import { placeOf, type Rule } from './rule.ts';

/** The price of DPDK, stated before it is paid: the seed's author thought it too high, for the environment's sake. */
export const pollingCore: Rule = (examined) => {
  const { spec, state, host } = examined;
  if (spec.overlay?.dpdk === undefined) return [];
  const cpu = pollingCpu(spec, state);
  const which = cpu === undefined ? 'a core near the card' : `CPU ${cpu}`;
  const gib = ((spec.overlay.hugepages ?? 0) / 512).toFixed(1);
  const message = `${host.name}: ${which} will poll the card at full speed from now on, with traffic or without, and DPDK takes ${gib} GiB of memory`;
  return [
    finding(
      'VF2035',
      placeOf(examined, 'datapath'),
      message,
      'Keep guests off it. ovs-tc needs no such core.',
    ),
  ];
};
