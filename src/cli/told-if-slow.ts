import type { Output } from './output.ts';

const patienceMs = 5_000;

/** A wait that prints one line of progress once it gets long, so that nobody takes a silent host for a hanging tool. */
export async function toldIfSlow<Value>(
  output: Pick<Output, 'log'>,
  line: string,
  wait: Promise<Value>,
): Promise<Value> {
  const timer = setTimeout(() => output.log(line), patienceMs);
  try {
    return await wait;
  } finally {
    clearTimeout(timer);
  }
}
