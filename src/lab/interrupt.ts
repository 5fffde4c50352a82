import type { ChildProcess } from 'node:child_process';
import { LabError } from './errors.ts';

/** The only state that the lab keeps in memory: a process is interrupted only once. */
const state: { interrupted: boolean; readonly children: Set<ChildProcess> } = {
  interrupted: false,
  children: new Set(),
};

/** Ends every running program and lets no more start: whoever waits for one fails, and tidies up as after any failure. */
export function interrupt(): void {
  state.interrupted = true;
  for (const child of state.children) child.kill('SIGTERM');
}

/** Makes an interruption end this program. */
export function endWhenInterrupted(child: ChildProcess): void {
  state.children.add(child);
  child.once('exit', () => state.children.delete(child));
}

/** Throws LAB_INTERRUPTED after an interruption. */
export function checkInterrupted(): void {
  if (!state.interrupted) return;
  throw new LabError('LAB_INTERRUPTED', 'interrupted', 'what it had started is stopped; run it again');
}
