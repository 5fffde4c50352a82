import { type ChildProcess, spawn } from 'node:child_process';
import { checkInterrupted, endWhenInterrupted } from './interrupt.ts';
import { labPath } from './needs.ts';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

export interface RunOptions {
  readonly timeoutMs: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** It starts others, which must end with it: at its deadline, at an interruption, and if this process is killed. */
  readonly withAll?: boolean;
  /** Runs to its end even after an interruption, because it cleans up. */
  readonly tidies?: boolean;
  /** Called for every line of stderr as it comes. */
  readonly onLine?: (line: string) => void;
}

/** The environment of every program the lab starts. */
export function labEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { ...process.env, PATH: labPath(process.env.PATH), LC_ALL: 'C.UTF-8', ...extra };
}

/**
 * Runs one program to its end or its deadline. A failure is a value, `code` (null: killed or not started); only an
 * interruption throws.
 */
export async function run(argv: readonly string[], options: RunOptions): Promise<Ran> {
  const [program = '', ...args] = options.withAll ? withAll(argv) : argv;
  if (!options.tidies) checkInterrupted();
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: labEnvironment(options.env),
    detached: options.withAll === true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  if (!options.tidies) endWhenInterrupted(child);
  const ran = await collect(child, options);
  if (!options.tidies) checkInterrupted();
  return ran;
}

/** mmdebstrap ignores SIGTERM and waits for its children, which a terminal would have signalled as well: so signal all. */
const endAll = `trap "trap '' TERM; kill -TERM 0; sleep 1; kill -KILL 0" TERM; "$@" & wait $!`;

/** A process group of its own, told to end when its parent is gone (setpriv(1), prctl(2) PR_SET_PDEATHSIG). */
function withAll(argv: readonly string[]): readonly string[] {
  return ['setpriv', '--pdeathsig', 'TERM', 'sh', '-c', endAll, 'sh', ...argv];
}

function collect(child: ChildProcess, options: RunOptions): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    if (options.onLine)
      for (const line of text.split('\n')) if (line.trim() !== '') options.onLine(line.trim());
  });
  const deadline = endAt(child, options.timeoutMs);
  return new Promise((resolve) => {
    const end = (code: number | null, message = '') => {
      deadline.clear();
      resolve({ code, stdout, stderr: stderr + message, timedOut: deadline.passed() });
    };
    child.on('error', (error) => end(null, error.message));
    child.on('close', (code) => end(code));
  });
}

/** Asks the program to end at its deadline, so that it can tidy up, and kills it two seconds later. */
function endAt(child: ChildProcess, timeoutMs: number): { passed: () => boolean; clear: () => void } {
  let passed = false;
  let kill: NodeJS.Timeout | undefined;
  const ask = setTimeout(() => {
    passed = true;
    child.kill('SIGTERM');
    kill = setTimeout(() => child.kill('SIGKILL'), 2_000);
  }, timeoutMs);
  // A child of the child may keep the pipes open indefinitely.
  child.on('exit', () => {
    if (passed) for (const pipe of [child.stdout, child.stderr]) pipe?.destroy();
  });
  return {
    passed: () => passed,
    clear: () => {
      clearTimeout(ask);
      clearTimeout(kill);
    },
  };
}

/** The last lines of a program's output, for an error message. */
export function lastLines(text: string, count = 5): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
