import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkInterrupted } from './interrupt.ts';
import { labEnvironment, lastLines } from './run.ts';

/** A program that outlives this one. `ended` resolves when it dies, as long as this one lives. */
export interface Detached {
  readonly ended: () => boolean;
  readonly log: () => string;
  readonly kill: () => void;
}

/** Starts `argv` in `dir`, in a session of its own, its output in the file `log`. */
export function startDetached(
  argv: readonly string[],
  dir: string,
  log: string,
  env: Readonly<Record<string, string>> = {},
): Detached {
  checkInterrupted();
  const file = join(dir, log);
  const output = openSync(file, 'w', 0o600);
  const [program = '', ...args] = argv;
  const child = spawn(program, args, {
    cwd: dir,
    detached: true,
    stdio: ['ignore', output, output],
    env: labEnvironment(env),
  });
  closeSync(output);
  child.unref();
  const failure = watch(child);
  return {
    ended: () => failure() !== undefined || child.exitCode !== null || child.signalCode !== null,
    log: () => failure()?.message ?? lastLines(readFileSync(file, 'utf8')),
    kill: () => void child.kill('SIGKILL'),
  };
}

function watch(child: ChildProcess): () => Error | undefined {
  let failure: Error | undefined;
  child.on('error', (error) => {
    failure = error;
  });
  return () => failure;
}
