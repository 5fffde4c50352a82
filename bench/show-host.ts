import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vfsPerPort } from './fake-host.ts';
import { type Ended, medianTimes, rounded, tell, timed } from './figure.ts';
import { makeLookedHost } from './looked-host.ts';

const rounds = 5;
const start = join(import.meta.dirname, 'show/bin/start.cjs');

interface Told {
  readonly processes: readonly string[];
  readonly unlooked: readonly string[];
  readonly vfs: number;
}

const folder = mkdtempSync(join(tmpdir(), 'vflane-bench-'));
await makeLookedHost(folder);
const run = (verb: string): Ended => timed([process.execPath, start, folder, verb]);

process.env.VFLANE_WRITE_CACHE = '1';
const [shown, told] = ['show', 'doctor'].map((verb) => JSON.parse(run(verb).stdout) as Told);
delete process.env.VFLANE_WRITE_CACHE;
const [showMs = 0, doctorMs = 0] = medianTimes(rounds, [() => run('show'), () => run('doctor')]);
rmSync(folder, { recursive: true });

for (const one of [shown, told])
  if (one?.vfs !== 2 * vfsPerPort || one.unlooked.length > 0)
    throw new Error(`the look was not whole: ${JSON.stringify(one?.unlooked)}, ${one?.vfs} VFs`);

const of = `of a host with ${2 * vfsPerPort} VFs and Open vSwitch`;
const count = (verb: string, { processes }: Told) =>
  ({
    kind: 'count',
    what: `${verb} ${of}`,
    figure: processes.length,
    unit: 'processes',
    limit: { atMost: 12 },
    details: processes,
  }) as const;
const time = (verb: string, ms: number) =>
  ({
    kind: 'time',
    what: `${verb} ${of}`,
    figure: rounded(ms / 1000),
    unit: 's',
    limit: { atMost: 1 },
  }) as const;

tell([
  ...(shown ? [count('show', shown)] : []),
  ...(told ? [count('doctor', told)] : []),
  time('show', showMs),
  time('doctor', doctorMs),
]);
