import { stopDaemon } from '../ovs/vswitchd.ts';
import { endProcess } from '../processes.ts';
import type { SimState } from '../state.ts';
import type { Unit } from './state.ts';

/** Daemons without a state of their own have pids below those that the simulator assigns. */
const firstGiven = 4000;
export const ovsdbPid = 500;

export function isAlive(state: SimState, pid: number): boolean {
  if (pid === ovsdbPid) return state.ovs.serves;
  if (pid < firstGiven) return true;
  return state.ovs.daemon?.pid === pid || state.processes.some((process) => process.pid === pid);
}

/** SIGTERM to a service's running process. */
export function endMainProcess(state: SimState, unit: Unit): void {
  const { mainPid } = unit;
  unit.mainPid = 0;
  if (unit.foreign !== undefined) {
    const { foreign } = unit;
    state.systemd.foreign = state.systemd.foreign.filter(({ id }) => id !== foreign);
    delete unit.foreign;
  }
  if (mainPid === ovsdbPid) state.ovs.serves = false;
  else if (mainPid !== 0 && state.ovs.daemon?.pid === mainPid) stopDaemon(state);
  else if (mainPid >= firstGiven) endProcess(state, mainPid);
}
