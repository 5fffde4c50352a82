/** Resolves after `ms`. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Asks every `everyMs` until the answer is true, then returns true; false once `timeoutMs` have passed. */
export async function poll(
  timeoutMs: number,
  everyMs: number,
  done: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    if (await done()) return true;
    if (performance.now() >= end) return false;
    await pause(everyMs);
  }
}
