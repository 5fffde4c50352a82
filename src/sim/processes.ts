import { netdevAt } from './netdevs.ts';
import { finishWaiting } from './num-vfs.ts';
import { removeNetdev } from './remove.ts';
import type { Process, SimState } from './state.ts';

/** How a process ended: by itself, or by a signal. */
export type ProcessEnd = SimState['exits'][string];

/** The guest lets go of its VFs; writes that waited for that are done. QEMU ends with 0 when it is asked to with SIGTERM. */
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

/** One that was killed leaves its files behind. */
function tidy(state: SimState, { machine }: Process, end: ProcessEnd): void {
  for (const ifindex of machine?.ownTaps ?? []) {
    const tap = netdevAt(state, ifindex);
    if (tap) removeNetdev(state, tap);
  }
  if (end.kind === 'killed' || !machine) return;
  for (const path of [machine.pidfile, ...machine.sockets.map((socket) => socket.path)])
    delete state.files[path];
}
