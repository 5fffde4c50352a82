import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { type Captured, capture as captureAt } from '../lab/capture.ts';
import { LabError } from '../lab/errors.ts';
import type { SwitchName } from '../lab/folder.ts';
import { findTool } from '../lab/needs.ts';
import { labDestination, runningHosts } from '../lab/status.ts';
import { askSwitches } from '../lab/switch-client.ts';
import { reviveSwitches } from '../lab/switch-revive.ts';
import { serveSwitches } from '../lab/switch-serve.ts';
import type { VerbContext, VerbHandler, VerbOptions } from './context.ts';
import { durationMs } from './duration.ts';
import { exitCodes } from './exit-codes.ts';
import { labFolder, switchesArgv, telling } from './lab-telling.ts';
import { UsageError } from './usage-error.ts';

/** Kills a switch behind a live carrier, or brings it back; brings back both if the program behind them has died. */
export const change: VerbHandler = (context, [name, what]) =>
  telling(context, 'vflane.lab-switch/1', async () => {
    const of = switchName(name);
    const dir = resolve(labFolder(context));
    const alive = what === 'alive';
    if (alive && (await reviveSwitches(dir, switchesArgv()))) {
      context.output.log('neither switch ran; both are started, and the hosts come back to them');
    }
    const now = await askSwitches(dir, { ask: 'set', of, alive });
    const state = now[of].alive ? 'alive' : 'dead';
    const meaning = { alive: 'passes frames', dead: 'passes nothing; every carrier stays up' }[state];
    context.output.result(`switch ${of} is ${state}: it ${meaning}`);
    return { switch: of, state };
  });

function switchName(word: string | undefined): SwitchName {
  return word === 'B' ? 'B' : 'A';
}

/** The limit of a capture: one that nobody ends must not fill the disk. */
const mostBytes = 256e6;

/** Captures what arrives at a switch, into a file for tcpdump and Wireshark, or as text. */
export const capture: VerbHandler = (context, [name], options) => {
  const limits = limitsOf(options);
  return telling(context, 'vflane.lab-capture/1', async () => {
    const of = switchName(name);
    const file = typeof options.write === 'string' ? options.write : undefined;
    const dir = resolve(labFolder(context));
    await askSwitches(dir, { ask: 'status' });
    const reader = file === undefined ? textReader(context, dir) : fileReader(resolve(context.cwd, file));
    const signal = endOnInterrupt();
    const what = `switch ${of}: capturing for ${limits.ms / 1000} s at most; Ctrl-C ends it`;
    context.output.log(what);
    const done = await captureAt({ dir, of, to: reader.to, limits, signal });
    await reader.end(done);
    context.output.log(`switch ${of}: ${done.frames} frames; ${endings[done.ended]}`);
    if (file !== undefined) context.output.result(`${done.frames} frames in ${file}`);
    return { switch: of, frames: done.frames, bytes: done.bytes, ended: done.ended, file };
  });
};

const endings: { readonly [ended in Captured['ended']]: string } = {
  time: 'the time is over (--for)',
  frames: 'as many as were asked for (--count)',
  bytes: `${mostBytes / 1e6} MB, the most a capture may have`,
  asked: 'ended on request',
  'switch-gone': 'the switch has hung up',
  'reader-gone': 'nobody reads on',
};

function limitsOf(options: VerbOptions) {
  const ms = durationMs('--for', String(options.for ?? '10s'));
  const frames = options.count === undefined ? Number.POSITIVE_INFINITY : Number(options.count);
  if (frames === Number.POSITIVE_INFINITY || (Number.isInteger(frames) && frames > 0))
    return { ms, frames, bytes: mostBytes };
  throw new UsageError(
    `--count ${String(options.count)} is not a number of frames`,
    'A whole number from 1.',
  );
}

function endOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

interface Reader {
  readonly to: Writable;
  /** Resolves when all is written; rejects with what went wrong. */
  readonly end: (done: Captured) => Promise<void>;
}

function fileReader(path: string): Reader {
  const to = createWriteStream(path, { fd: opened(path) });
  let failure: Error | undefined;
  to.on('error', (error) => {
    failure = error;
  });
  return {
    to,
    end: async () => {
      await new Promise<void>((done) => {
        if (failure) done();
        else
          to.once('close', done)
            .once('error', () => done())
            .end();
      });
      if (failure) throw unwritable(path, failure);
    },
  };
}

function opened(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    throw unwritable(path, error);
  }
}

function unwritable(path: string, cause: unknown): LabError {
  const message = `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`;
  const isFull = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
  return new LabError(
    isFull ? 'LAB_NO_SPACE' : 'LAB_FOLDER_UNUSABLE',
    message,
    'name another file with -w',
    cause,
  );
}

/** This machine's tcpdump, or else that of a host of the lab. */
function textReader({ output }: VerbContext, dir: string): Reader {
  const words = ['tcpdump', '-l', '-nn', '-e', '-r', '-'];
  const [host] = runningHosts(dir);
  const here = findTool('tcpdump') !== undefined;
  if (!here && host === undefined) {
    throw new LabError(
      'LAB_TOOL_MISSING',
      'there is no tcpdump here',
      'apt-get install tcpdump, or use -w FILE',
    );
  }
  const argv = here ? words : ['ssh', ...labDestination(dir, host ?? ''), ...words];
  const child = spawn(argv[0] ?? '', argv.slice(1), { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => output.result(line));
  return { to: child.stdin, end: () => endReader(child, argv) };
}

async function endReader(child: ChildProcess, argv: readonly string[]): Promise<void> {
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
  const code = await new Promise<number | null>((done) => {
    child.once('close', done).once('error', () => done(null));
    child.stdin?.on('error', () => undefined).end();
  });
  clearTimeout(late);
  if (code !== 0) {
    const message = `${argv.join(' ')}: ${stderr.trim() || `exit code ${code}`}`;
    throw new LabError('LAB_TOOL_MISSING', message, 'use -w FILE');
  }
}

/** The switches' own process. */
export const serve: VerbHandler = async (_context, [dir = '']) => {
  await serveSwitches(resolve(dir));
  return exitCodes.asAsked;
};
