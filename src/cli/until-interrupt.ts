import type { Output } from './output.ts';

/** Ctrl-C ends what is measured, and keeps it; a second one ends the process as usual. `done` gives it back. */
export function untilInterrupt(output: Output): { readonly signal: AbortSignal; readonly done: () => void } {
  const controller = new AbortController();
  const stop = (): void => {
    output.log('stopping: what was measured until now is kept; press Ctrl-C again to end at once');
    controller.abort();
  };
  process.once('SIGINT', stop);
  return { signal: controller.signal, done: () => void process.off('SIGINT', stop) };
}
