import type { Output } from './output.ts';

/** Ctrl-C ends a measurement and keeps its results; a second one ends the process as usual. `done` restores Ctrl-C. */
export function untilInterrupt(output: Output): { readonly signal: AbortSignal; readonly done: () => void } {
  const controller = new AbortController();
  const stop = (): void => {
    output.log('stopping: what was measured until now is kept; press Ctrl-C again to end at once');
    controller.abort();
  };
  process.once('SIGINT', stop);
  return { signal: controller.signal, done: () => void process.off('SIGINT', stop) };
}
