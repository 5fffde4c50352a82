import { nowMs } from '../clock.ts';
import { endProcess } from '../processes.ts';
import type { Process, SimState } from '../state.ts';
import type { Machine } from './machine.ts';
import { traitsOf } from './traits.ts';

/** How long a guest takes to shut down, and until its agent answers. */
const shutdownMs = 3_000;
const agentMs = 2_000;

/** Presses the power button. */
export function powerDown(state: SimState, machine: Machine): void {
  if (traitsOf(state, machine).ignoresPowerdown || machine.paused) return;
  machine.endsAtMs ??= nowMs(state) + shutdownMs;
}

/** Whether the agent inside answers now. */
export function hasAgent(state: SimState, machine: Machine): boolean {
  const isUp = !machine.paused && nowMs(state) - machine.startedMs >= agentMs;
  return isUp && !traitsOf(state, machine).hasNoAgent;
}

/** Ends guests whose shutdown is complete. */
export function endMachines(state: SimState): void {
  const now = nowMs(state);
  const due = state.processes.filter(({ machine }) => (machine?.endsAtMs ?? Number.POSITIVE_INFINITY) <= now);
  for (const { pid } of due) endProcess(state, pid);
}

export function nextEndMs(state: SimState): readonly (number | undefined)[] {
  return state.processes.map(({ machine }) => machine?.endsAtMs);
}

/** The VM that listens on a socket. */
export function machineAt(
  state: SimState,
  path: string,
):
  | {
      readonly process: Process;
      readonly machine: Machine;
      readonly kind: Machine['sockets'][number]['kind'];
    }
  | undefined {
  for (const process of state.processes) {
    const { machine } = process;
    const socket = machine?.sockets.find((one) => one.path === path);
    if (machine && socket) return { process, machine, kind: socket.kind };
  }
  return undefined;
}
