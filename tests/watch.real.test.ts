import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { poll } from '../src/lab/wait.ts';
import { probeChanges } from '../src/measure/probe-changes.ts';
import { missingOvs, RealOvs } from './ovs-real.ts';

/** The kernel, ovsdb-server and ovs-vswitchd report changes themselves. */
const missing = missingOvs();
const namespace = `vfl-watch-${process.pid}`;
const ovs = new RealOvs();
const lines: { readonly changed?: readonly string[]; readonly listening?: readonly string[] }[] = [];
const ending = new AbortController();
let over: Promise<number> | undefined;
let rundir: string | undefined;

const ip = (...words: readonly string[]) => execFileSync('ip', words);
const heard = () => lines.flatMap(({ changed = [] }) => changed);

/** Expects a change to be reported within a second. */
async function expectHeard(what: string, change: () => unknown): Promise<void> {
  lines.length = 0;
  await change();
  const began = performance.now();
  await expect.poll(heard, { timeout: 5_000, interval: 10 }).toContain(what);
  expect(performance.now() - began).toBeLessThan(1_000);
}

beforeAll(async () => {
  if (missing !== undefined) throw new Error(missing);
  await ovs.start();
  rundir = process.env.OVS_RUNDIR;
  process.env.OVS_RUNDIR = ovs.folder;
  ovs.run(['ovs-vsctl', 'add-br', 'br-watch', '--', 'set', 'Bridge', 'br-watch', 'datapath_type=dummy']);
  ip('netns', 'add', namespace);
  const spec = { namespaces: [namespace], bridges: ['br-watch'], overlay: true };
  const say = (line: string) => void lines.push(JSON.parse(line));
  over = probeChanges(spec, { say, signal: ending.signal });
  expect(await poll(10_000, 20, async () => lines[0]?.listening?.includes('links') === true)).toBe(true);
});

afterAll(async () => {
  ending.abort();
  await over;
  process.env.OVS_RUNDIR = rundir;
  ip('netns', 'del', namespace);
  await ovs.stop();
});

test('a change of a guest’s netdev is reported', () =>
  expectHeard(`links of ${namespace}`, () => ip('-n', namespace, 'link', 'set', 'dev', 'lo', 'up')));

test('a new port of a bridge is reported', () =>
  expectHeard('OVSDB’s Port', () => ovs.run(['ovs-vsctl', 'add-port', 'br-watch', 'p1'])));

test('a new flow is reported', () =>
  expectHeard('flows of br-watch', () =>
    ovs.run(['ovs-ofctl', 'add-flow', 'br-watch', 'priority=7,actions=drop']),
  ));

test('reads are not reported', async () => {
  ovs.run(['ovs-vsctl', 'list', 'Bridge']);
  ovs.run(['ovs-ofctl', 'dump-flows', 'br-watch']);
  ip('-n', namespace, 'link', 'show');
  const told = `links of ${namespace}`;
  await expectHeard(told, () => ip('-n', namespace, 'link', 'set', 'dev', 'lo', 'down'));
  expect([...new Set(heard())]).toEqual([told]);
});
