import { setTimeout as sleep } from 'node:timers/promises';
import { HostError } from '../host/host.ts';
import { type Bench, Refused, said } from './turn.ts';

/** A flood of 10000 takes less than a second on a card; a slow road is warm by then, too. */
const longestWarmUpMs = 3_000;

export function warmUpMs({ suite }: Bench): number {
  return suite.cells.some(({ kind }) => kind === 'flood-ping') ? 1_000 : longestWarmUpMs / 2;
}

/** The first packets set the flows up; the seed's author throws one flood away for it. What goes wrong here is told by the first turn. */
export async function warmUp(bench: Bench): Promise<void> {
  const flood = { name: 'ping', to: bench.ends[1].address, count: 10_000, flood: true, quiet: true } as const;
  await said(bench, flood, longestWarmUpMs, 0).catch(() => undefined);
}

/** A card may take its link down for a new MTU, and a bond takes its time to see it up again. */
const patienceMs = 20_000;

/** Waits until the second end answers; that it does not is told by the first turn. */
export async function reached(bench: Bench): Promise<void> {
  const late = performance.now() + patienceMs;
  const one = { name: 'ping', to: bench.ends[1].address, count: 1, waitMs: 1_000 } as const;
  while (performance.now() < late && !bench.signal.aborted) {
    try {
      if (/ [1-9]\d* (packets )?received/.test(await said(bench, one, 2_000))) return;
    } catch (error) {
      // Where ping is missing or not allowed there is nothing to wait by.
      if (error instanceof Refused || error instanceof HostError) return;
      throw error;
    }
    await sleep(200);
  }
}
