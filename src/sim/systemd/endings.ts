import type { SimState } from '../state.ts';
import { note } from './journal.ts';
import type { Unit } from './state.ts';
import { linesOf } from './unit.ts';

const cleanSignals = [1, 2, 13, 15];

/** For a main process, the usual signals are not failures. */
export function isCleanEnd(
  state: SimState,
  unit: Unit,
  ended: { readonly kind: string; readonly status: number },
): boolean {
  if (ended.kind === 'exited') return isClean(state, unit, ended.status);
  return cleanSignals.includes(ended.status);
}

export function isClean(state: SimState, unit: Unit, status: number): boolean {
  const more = linesOf(state, unit, 'Service', 'SuccessExitStatus').flatMap((line) => line.split(/\s+/));
  return status === 0 || more.includes(String(status));
}

const signals: { readonly [number: number]: string } = { 6: 'ABRT', 9: 'KILL', 11: 'SEGV', 15: 'TERM' };
const statuses: { readonly [status: number]: string } = {
  0: 'SUCCESS',
  1: 'FAILURE',
  2: 'INVALIDARGUMENT',
  203: 'EXEC',
  127: 'n/a',
};

export function sayEnded(
  state: SimState,
  unit: Unit,
  isMain: boolean,
  { kind, status }: { readonly kind: string; readonly status: number },
): void {
  const name = kind === 'killed' ? (signals[status] ?? status) : (statuses[status] ?? 'n/a');
  const who = isMain ? 'Main' : 'Control';
  const text = `${unit.name}: ${who} process exited, code=${kind}, status=${status}/${name}`;
  note(state, unit.name, text, { priority: 5 });
}
