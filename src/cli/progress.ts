import type { ApplyEvent, OnEvent } from '../apply/event.ts';
import { titleAndRest } from '../plan/title.ts';
import { oneLine } from './one-line.ts';
import type { Output } from './output.ts';
import { withoutHost } from './print-findings.ts';

/** Reports on stderr what happens on a host, one line per step, with the time it took. */
export function progressOf(host: string, output: Output): OnEvent {
  const titles = new Map<number, string>();
  return (event) => {
    if (event.kind === 'step-start' || event.kind === 'undo-start') titles.set(event.n, titleOf(event));
    const line = lineOf(event, titles, host);
    if (line !== undefined) output.log(`${output.paintLog('dim', `${host}:`)} ${oneLine(line)}`);
  };
}

function titleOf({ n, of, why }: ApplyEvent & { kind: 'step-start' | 'undo-start' }): string {
  const [title] = titleAndRest(why);
  return `${`${n + 1}`.padStart(`${of}`.length)}/${of} ${title}`;
}

function lineOf(event: ApplyEvent, titles: ReadonlyMap<number, string>, host: string): string | undefined {
  switch (event.kind) {
    case 'armed':
      return `unless it is confirmed, it is taken back at ${clockTime(event.deadline)}`;
    case 'step-done':
      return `${titles.get(event.n)} ${event.found ? '(was done)' : `(${seconds(event.ms)})`}${shown(event)}`;
    case 'settle-waiting':
      return `${titles.get(event.n)} … ${seconds(event.waitedMs)}, waiting for ${event.unmet[0]?.wanted}`;
    case 'warning':
      return `warning: ${withoutHost(event.message, host)}`;
    case 'failed':
      return `step ${event.failure.n + 1} failed: ${withoutHost(event.failure.message, host)}`;
    case 'undo-done':
      return `taken back: ${titles.get(event.n)} (${seconds(event.ms)})`;
    case 'undo-failed':
      return `the way back of ${titles.get(event.failure.n)} failed, and the look at the end says whether anything remains: ${event.failure.messages.map((message) => withoutHost(message, host)).join('; ')}`;
    default:
      return undefined;
  }
}

function shown({ shown: seen }: ApplyEvent & { kind: 'step-done' }): string {
  return seen.map(({ what, saw }) => `; ${what}: ${saw}`).join('');
}

/** `14:03:07`, by the clock of whoever reads it. */
export function clockTime(when: number): string {
  return new Date(when).toTimeString().slice(0, 8);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
