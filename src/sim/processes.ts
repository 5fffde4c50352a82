import { netdevAt } from './netdevs.ts';
import { finishWaiting } from './num-vfs.ts';
import { removeNetdev } from './remove.ts';
import type { Process, SimState } from './state.ts';

/** How a process ended: on its own, or from a signal. */
export type ProcessEnd = SimState['exits'][string];

/** The guest releases its VFs, and writes that waited for that complete. On SIGTERM QEMU exits with 0. */
export function endProcess(
  state: SimState,
  pid: number,
  end: ProcessEnd = { kind: 'exited', status: 0 },
): boolean {
  const process = state.processes.find((one) => one.pid === pid);
  if (!process) return false;
  state.processes = state.processes.filter((one) => one !== process);
  state.exits[String(pid)] = { ...end };
  tidy(state, process, end);
  finishWaiting(state);
  return true;
}

/** A killed one leaves its files behind. */
function tidy(state: SimState, { machine }: Process, end: ProcessEnd): void {
  for (const ifindex of machine?.ownTaps ?? []) {
    const tap = netdevAt(state, ifindex);
    if (tap) removeNetdev(state, tap);
  }
  if (end.kind === 'killed' || !machine) return;
  for (const path of [machine.pidfile, ...machine.sockets.map((socket) => socket.path)])
    delete state.files[path];
}
