import type { ChildProcess } from 'node:child_process';
import { LabError } from './errors.ts';

/** A process is interrupted once, so this is the one state that the lab keeps in memory. */
const state: { interrupted: boolean; readonly children: Set<ChildProcess> } = {
  interrupted: false,
  children: new Set(),
};

/** Ends every program under way and starts none any more: whoever waits for one fails, and tidies up as on any failure. */
export function interrupt(): void {
  state.interrupted = true;
  for (const child of state.children) child.kill('SIGTERM');
}

/** Counts a program among those that an interruption ends. */
export function endWhenInterrupted(child: ChildProcess): void {
  state.children.add(child);
  child.once('exit', () => state.children.delete(child));
}

/** Throws LAB_INTERRUPTED after an interruption. */
export function checkInterrupted(): void {
  if (!state.interrupted) return;
  throw new LabError('LAB_INTERRUPTED', 'interrupted', 'what it had started is stopped; run it again');
}
