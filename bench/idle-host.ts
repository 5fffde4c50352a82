import { cpSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyHere, warmUp } from './apply-here.ts';
import { makeFakeHost, vfsPerPort } from './fake-host.ts';
import { type Ended, medianTimes, rounded, seconds, tell, timed } from './figure.ts';

const rounds = 9;

/** Everything below a folder, with the time of its last write. Links are not followed: some form cycles. */
function written(folder: string): ReadonlyMap<string, bigint> {
  const times = new Map<string, bigint>();
  const visit = (path: string): void => {
    const stats = lstatSync(path, { bigint: true });
    times.set(path, stats.mtimeNs);
    if (stats.isDirectory()) for (const name of readdirSync(path)) visit(join(path, name));
  };
  visit(folder);
  return times;
}

function changed(before: ReadonlyMap<string, bigint>, after: ReadonlyMap<string, bigint>): readonly string[] {
  return [...after].filter(([name, time]) => before.get(name) !== time).map(([name]) => name);
}

const folder = mkdtempSync(join(tmpdir(), 'vflane-bench-'));
const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];
await makeFakeHost(ours);
cpSync(ours, theirs, { recursive: true, verbatimSymlinks: true });

const before = written(ours);
const ourRun = (): Ended => applyHere(ours, 'fabric.yaml');
const theirRun = (): Ended =>
  timed(['bash', join(process.cwd(), 'bench/by-hand.sh'), theirs, `${vfsPerPort}`]);
const { outcome, processes } = warmUp(ours, 'fabric.yaml');
if (outcome.kind !== 'nothing-to-do')
  throw new Error(`there was something to do: ${JSON.stringify(outcome)}`);
const [ourMs = 0, theirMs = 0] = medianTimes(rounds, [ourRun, theirRun]);
const writes = changed(before, written(ours));
rmSync(folder, { recursive: true });

const what = `nothing to do on a host with ${2 * vfsPerPort} VFs`;
const times = `vflane ${seconds(ourMs)}, bash by hand ${seconds(theirMs)}`;
tell([
  { kind: 'count', what, figure: writes.length, unit: 'writes', limit: { atMost: 0 }, details: writes },
  {
    kind: 'count',
    what,
    figure: processes.length,
    unit: 'processes',
    limit: { atMost: 6 },
    details: processes,
  },
  {
    kind: 'time',
    what: `${what}: faster by`,
    figure: rounded(theirMs / ourMs),
    unit: '×',
    limit: { atLeast: 6 },
    peer: times,
  },
]);
