import type { Output } from './output.ts';

const patienceMs = 5_000;

/** A wait of which one line of progress tells once it is long, so that nobody takes a mute host for a tool that hangs. */
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
