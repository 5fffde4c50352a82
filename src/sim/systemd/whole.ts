import { type Reply, said } from '../commands/program.ts';
import type { SimState } from '../state.ts';
import { isOpen } from './transaction.ts';

/** `is-system-running`. */
export function bootState(state: SimState): Reply {
  const { jobs, units } = state.systemd;
  if (jobs.some(isOpen)) return { ...said('starting\n'), code: 1 };
  if (Object.values(units).some((unit) => unit.active === 'failed'))
    return { ...said('degraded\n'), code: 1 };
  return said('running\n');
}
