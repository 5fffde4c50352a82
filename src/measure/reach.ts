import { setTimeout as sleep } from 'node:timers/promises';
import { HostError } from '../host/host.ts';
import { type Bench, outputOf, Refused } from './turn.ts';

/** A flood of 10000 takes less than a second on a card; on a slow path the caches are warm by then, too. */
const longestWarmUpMs = 3_000;

export function warmUpMs({ suite }: Bench): number {
  return suite.cells.some(({ kind }) => kind === 'flood-ping') ? 1_000 : longestWarmUpMs / 2;
}

/** The first packets set up the flows; the seed's author discards one flood for that. The first turn will show what goes wrong here. */
export async function warmUp(bench: Bench): Promise<void> {
  const flood = { name: 'ping', to: bench.ends[1].address, count: 10_000, flood: true, quiet: true } as const;
  await outputOf(bench, flood, longestWarmUpMs, 0).catch(() => undefined);
}

/** A card may take its link down for a new MTU, and a bond takes its time to notice it is up again. */
const patienceMs = 20_000;

/** Waits until the second end answers; if it does not, the first turn will show it. */
export async function reached(bench: Bench): Promise<void> {
  const late = performance.now() + patienceMs;
  const one = { name: 'ping', to: bench.ends[1].address, count: 1, waitMs: 1_000 } as const;
  while (performance.now() < late && !bench.signal.aborted) {
    try {
      if (/ [1-9]\d* (packets )?received/.test(await outputOf(bench, one, 2_000))) return;
    } catch (error) {
      // If ping is missing or not allowed, waiting is impossible.
      if (error instanceof Refused || error instanceof HostError) return;
      throw error;
    }
    await sleep(200);
  }
}
