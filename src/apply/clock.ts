/** Time, as far as applying needs it; a test has its own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Milliseconds since the host's start, by a clock that nobody sets: another process can compare what one has written.
   * Absent if nobody sets `now` either.
   */
  steady?(): number;
  sleep(ms: number): Promise<void>;
}

/** Never steps back while the process lives, so that setting the host's time cannot stretch a deadline. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  // CLOCK_MONOTONIC (clock_gettime(2)), on which systemd's timers run too.
  steady: () => Number(process.hrtime.bigint() / 1_000_000n),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

const firstWaitMs = 20;
const longestWaitMs = 500;

/** Asks until the answer will do or the time is up, at least once; returns the last answer, good or not. */
export async function poll<T>(
  clock: Clock,
  timeoutMs: number,
  ask: () => Promise<T>,
  willDo: (answer: T) => boolean,
): Promise<T> {
  const deadline = clock.now() + timeoutMs;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    const answer = await ask();
    const leftMs = deadline - clock.now();
    if (willDo(answer) || leftMs <= 0) return answer;
    await clock.sleep(Math.min(waitMs, leftMs));
  }
}
