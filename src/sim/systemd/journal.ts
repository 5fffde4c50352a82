import { nowMs } from '../clock.ts';
import { bootId } from '../macs.ts';
import type { SimState } from '../state.ts';

const kept = 400;

/** Writes a line for a unit; `by` is the writer. */
export function note(
  state: SimState,
  unit: string,
  text: string,
  more: { readonly by?: string; readonly pid?: number; readonly priority?: number } = {},
): void {
  const { journal } = state.systemd;
  const { by = 'systemd', pid = 1, priority = 6 } = more;
  for (const line of text.split('\n').filter((one) => one !== ''))
    journal.push({ at: nowMs(state), boot: bootId(state), unit, by, pid, priority, text: line });
  if (journal.length > kept) journal.splice(0, journal.length - kept);
}
