import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingNamespaces } from './support/namespace-host.ts';
import { type Rack, startRack } from './support/rack.ts';
import { fabricText } from './support/rack-fabric.ts';

/** `vflane watch` of a real kernel and Open vSwitch, over the connection to a host: reports drift within a second. */
const missing = missingNamespaces();
if (missing) console.warn(`skipped: watching a host with real Open vSwitch: ${missing}`);

interface Line {
  readonly host: string;
  readonly state: string;
  readonly differences: readonly { readonly resource: string; readonly at: string }[];
  /** By this process's clock. */
  readonly heardAt: number;
}

describe.skipIf(missing)('vflane watch', () => {
  let rack: Rack;
  let watch: ChildProcess;
  const lines: Line[] = [];
  const told = (isIt: (line: Line) => boolean) => lines.find((line) => line.host === 'alpha' && isIt(line));

  beforeAll(async () => {
    rack = await startRack();
    rack.wants(fabricText(['alpha', 'beta', 'gamma']));
    await rack.done('apply', '--yes');
    const { program, cwd, env } = rack.command;
    watch = spawn(process.execPath, [program, 'watch', '--json', '--host', 'alpha'], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface({ input: watch.stdout ?? process.stdin }).on('line', (line) =>
      lines.push({ ...(JSON.parse(line) as Line), heardAt: performance.now() }),
    );
  }, 90_000);
  afterAll(async () => {
    watch?.kill('SIGKILL');
    await rack?.stop();
  });

  test('reports at once that the host is as wanted', async () => {
    await expect.poll(() => told(({ state }) => state === 'verified'), { timeout: 20_000 }).toBeDefined();
  });

  let changes = 0;
  /** Each change is different, so that each is news. */
  const drifts: readonly (readonly [what: string, change: (round: number) => readonly string[]])[] = [
    ['a flow', (round) => ['ovs-ofctl', 'add-flow', 'br-household', `priority=${7 + round},actions=drop`]],
    [
      'a guest’s netdev',
      (round) => ['ip', '-n', 'guest1', 'link', 'set', 'dev', 'household', 'mtu', `${1300 + round}`],
    ],
    [
      'a bridge',
      (round) => ['ovs-vsctl', 'set-fail-mode', 'br-household', round % 2 === 0 ? 'standalone' : 'secure'],
    ],
    ['the guard', () => ['nft', 'add', 'rule', 'inet', 'vflane', 'ports', 'counter']],
  ];

  test.each(drifts)('reports a change of %s within a second', async (what, change) => {
    const times: number[] = [];
    while (times.length < 3) {
      const began = performance.now();
      rack.hosts.alpha.run(change(changes++));
      const news = () => told(({ heardAt }) => heardAt > began);
      await expect.poll(news, { timeout: 10_000, interval: 10 }).toBeDefined();
      times.push(Math.round((news()?.heardAt ?? Number.POSITIVE_INFINITY) - began));
    }
    console.log(`${what}: told after ${times.join(', ')} ms`);
    // The fastest one: the machine has other work.
    expect(Math.min(...times)).toBeLessThan(1000);
  });
});
