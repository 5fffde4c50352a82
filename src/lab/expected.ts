import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Tasks whose length a user wants to know: seconds on a slow machine, until measured on this one. */
const usual = { image: 90, qemu: 40, restore: 8, boot: 40 } as const;

export type Task = keyof typeof usual;

const file = 'times.json';

function times(root: string): { readonly [task in Task]?: number } {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')) as { readonly [task in Task]?: number };
  } catch {
    return {};
  }
}

/** Seconds that `task` last took on this machine. */
export function expectedSeconds(root: string, task: Task): number {
  const seconds = times(root)[task];
  return typeof seconds === 'number' && seconds > 0 ? seconds : usual[task];
}

/** Runs a task, reports every five seconds how long it has taken and may take, and remembers how long it took. */
export async function withExpected<T>(
  { root, task, what, tell }: { root: string; task: Task; what: string; tell: (line: string) => void },
  work: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const expected = expectedSeconds(root, task);
  const about = `${Math.max(1, Math.round(expected))} s expected`;
  tell(`${what}: ${about}`);
  const beat = setInterval(() => tell(`${what}: ${Math.round(seconds())} s, ${about}`), 5_000);
  try {
    const done = await work();
    remember(root, task, seconds());
    return done;
  } finally {
    clearInterval(beat);
  }
}

/** Only a hint for the next time: if it cannot be written, nothing is lost. */
function remember(root: string, task: Task, seconds: number): void {
  try {
    writeFileSync(
      join(root, file),
      `${JSON.stringify({ ...times(root), [task]: Math.round(seconds * 10) / 10 })}\n`,
    );
  } catch {}
}
