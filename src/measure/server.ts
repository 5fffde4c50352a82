import type { Finding } from '../model/finding.ts';
import type { Measured, MeasureProgram } from '../operate/measure-request.ts';
import type { Endpoint } from './endpoint.ts';

/** A program that answers at one end while the other asks. */
export interface Server {
  readonly port: number;
  /** Its first lines. */
  readonly said: string;
  stop(): Promise<void>;
}

/** The server did not come up. */
export class NoServer extends Error {
  override readonly name = 'NoServer';
  readonly findings: readonly Finding[];

  constructor(message: string, findings: readonly Finding[] = []) {
    super(message);
    this.findings = findings;
  }
}

/** iperf3's default port; the next ones are used if somebody else listens there. */
const firstPort = 5201;
const portsTried = 8;
const startMs = 15_000;
const longestMs = 3_600_000;

export interface Serving {
  readonly program: (port: number) => MeasureProgram;
  /** A line which shows that it answers. */
  readonly isReady: (line: string) => boolean;
  readonly cpus: readonly number[];
}

/** Starts a server at an end, on the first free port, and waits until it answers. @throws NoServer, HostError */
export async function startServer(end: Endpoint, serving: Serving, signal: AbortSignal): Promise<Server> {
  let last = '';
  for (let port = firstPort; port < firstPort + portsTried; port++) {
    const started = await tryPort(end, serving, port, signal);
    if ('stop' in started) return started;
    last = started.why;
    if (!/in use/i.test(last)) break;
  }
  throw new NoServer(`${end.host}: it does not answer: ${last}`);
}

async function tryPort(
  end: Endpoint,
  { program, isReady, cpus }: Serving,
  port: number,
  signal: AbortSignal,
): Promise<Server | { readonly why: string }> {
  const stopping = new AbortController();
  const lines: string[] = [];
  const asked = {
    place: end.place,
    program: program(port),
    timeoutMs: longestMs,
    ...(cpus.length > 0 && { cpus }),
  };
  const ending = AbortSignal.any([signal, stopping.signal]);
  let over: Promise<Measured> | undefined;
  const ready = new Promise<'ready'>((resolve) => {
    const hear = (line: string) => {
      if (lines.push(line) > 50) lines.shift();
      if (isReady(line)) resolve('ready');
    };
    over = end.site.measure(asked, hear, ending);
  });
  const first = await Promise.race([ready, ended(over), afterMs(startMs)]);
  const stop = async () => {
    stopping.abort();
    // If the line was cut, whoever measures will report it.
    await Promise.allSettled([over]);
  };
  if (first === 'ready') return { port, said: lines.join('\n'), stop };
  if (first === 'late') {
    await stop();
    return { why: `it said nothing within ${startMs / 1000} s` };
  }
  return whyNot(first, lines);
}

/** Lets a server end in its own time, without anybody waiting for it. */
async function ended(over: Promise<Measured> | undefined): Promise<Measured> {
  if (over === undefined) throw new NoServer('nothing was started');
  return over;
}

function whyNot(ended: Measured, lines: readonly string[]): { readonly why: string } {
  if (ended.kind === 'refused')
    throw new NoServer(ended.findings[0]?.message ?? 'it was refused', ended.findings);
  return { why: `${ended.stderr.trim()} ${lines.join(' ')}`.trim() || `exit code ${ended.exitCode}` };
}

function afterMs(ms: number): Promise<'late'> {
  return new Promise((resolve) => {
    setTimeout(() => resolve('late'), ms).unref();
  });
}
