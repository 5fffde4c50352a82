import { describe, expect, test } from 'vitest';
import { parseFabric } from '../fabric/parse-fabric.ts';
import { finding } from '../model/catalogue.ts';
import type { Fabric } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { IfName } from '../model/names.ts';
import { type Begun, begin, surroundingsAfter } from './begin.ts';
import { runBench } from './bench.ts';
import { differencesOf } from './comparable.ts';
import type { Endpoint } from './endpoint.ts';
import { asCsv, asMarkdown } from './export-text.ts';
import { figuresOf } from './figures.ts';
import type { MtuLender } from './mtu-lender.ts';
import { chooseHosts, choosePair, wantsHosts } from './pair.ts';
import type { BenchRun } from './run-record.ts';
import type { RunKeeper } from './run-store.ts';
import type { SuiteName } from './suite.ts';
import { endAt, failed, notInstalled } from './testing/stand-in.ts';

const text = `name: rack7
networks: { storage: { id: 42, mtu: 9000, subnet: 10.0.0.0/24 } }
hosts:
  alpha: { connect: root@alpha, datapath: ovs-tc, nic: "0000:03:00", underlay: 192.168.9.1/24, guests: { web: { netns: true, networks: { storage: 10.0.0.1/24 } } } }
  beta: { connect: root@beta, datapath: ovs-tc, nic: "0000:03:00", underlay: 192.168.9.2/24, guests: { db: { netns: true, networks: { storage: 10.0.0.2/24 } } } }
`;

function fabricOf(): Fabric {
  const { fabric, findings } = parseFabric(text, 'fabric.yaml');
  if (!fabric) throw new Error(JSON.stringify(findings));
  return fabric;
}

type Answers = Parameters<typeof endAt>[2];

async function begun(
  suite: SuiteName,
  first: Answers = {},
  second: Answers = {},
  signal = new AbortController().signal,
  lender?: MtuLender,
) {
  const pair = [endAt('alpha', 'web', first), endAt('beta', 'db', second)] as const;
  const lends = lender ? { lender } : {};
  return begin({ fabric: fabricOf(), pair, suite, options: { runs: 3 }, version: '1', signal, ...lends });
}

/** Lends as long as it is not told otherwise, and says in which order things were done. */
function lenderOf(
  log: string[],
  troubles: { readonly lend?: Finding; readonly back?: Finding } = {},
): MtuLender {
  return {
    lend: async (mtu) => {
      log.push(`MTU ${mtu}`);
      return troubles.lend ? [troubles.lend] : [];
    },
    giveBack: async () => {
      log.push('own MTU');
      return troubles.back ? [troubles.back] : [];
    },
  };
}

async function benched(
  suite: SuiteName,
  first: Answers = {},
  signal = new AbortController().signal,
  lender?: MtuLender,
) {
  const started = (await begun(suite, first, {}, signal, lender)) as Begun;
  const kept: BenchRun[] = [];
  const keeper: RunKeeper = {
    id: '20261122T183000Z-seed',
    folder: '',
    put: async (run) => void kept.push(run),
    putRaw: async (name) => `raw/${name}.gz`,
  };
  const told: string[] = [];
  const { run } = await runBench(started.bench, started.run, keeper, ({ n, of }) => told.push(`${n}/${of}`));
  return { run, kept, told, started };
}

describe('a benchmark', () => {
  test('of the seed: the median of the six directed values, and of three pings', async () => {
    const { run, kept, told } = await benched('seed');
    expect(run.state).toBe('complete');
    expect(figuresOf(run).map(({ key, values }) => [key, values.length])).toEqual([
      ['1500/2 both', 6],
      ['9000/2 both', 6],
      ['9000/6 both', 6],
      ['ping mean', 3],
      ['ping mdev', 3],
    ]);
    const [throughput] = figuresOf(run);
    expect(throughput?.median.median).toBeCloseTo((1.58912 + 4.658918) / 2, 4);
    expect(told.at(-1)).toBe('12/12');
    // Kept after every run: what was over is there, whenever it ends.
    expect(kept.map(({ turns }) => turns.length)).toEqual(Array.from({ length: 13 }, (_, at) => at));
  });

  test('by default also has one request at a time, the cells in turns', async () => {
    const { run } = await benched('default');
    expect(run.state).toBe('complete');
    expect(figuresOf(run).map(({ key }) => key)).toEqual([
      ...[
        '1500/2 forward',
        '1500/2 reverse',
        '9000/2 forward',
        '9000/2 reverse',
        '9000/6 forward',
        '9000/6 reverse',
      ],
      ...[
        'ping mean',
        'ping mdev',
        'tcp round trips p50',
        'tcp round trips p99',
        'udp round trips p50',
        'udp round trips p99',
      ],
    ]);
    expect(run.turns.slice(0, 2).map((turn) => turn.run)).toEqual([1, 1]);
    expect(run.turns[9]?.cell).toEqual(run.turns[8]?.cell);
  });

  test('that claims a card and proves nothing is labelled software', async () => {
    const { run, started } = await benched('seed');
    expect(run.forwarding.by).toBe('software');
    expect((await surroundingsAfter(started))[0].after?.kernel).toBe('6.12.38');
  });

  test('whose iperf3 is missing at one end is not begun', async () => {
    expect(await begun('seed', {}, { 'iperf3-version': notInstalled })).toMatchObject([{ code: 'VF6001' }]);
  });

  test('whose ends have other kinds of iperf3 says so', async () => {
    const started = (await begun('seed', {}, { 'iperf3-version': 'iperf 3.18 (cJSON 1.7.15)' })) as Begun;
    expect(started.findings).toMatchObject([{ code: 'VF6053' }]);
  });

  test('goes on without ping where nobody is root, and is partial', async () => {
    const { run } = await benched('seed', {
      ping: failed('ping: cannot flood; minimal interval is 2 ms', 2),
    });
    expect(run).toMatchObject({ state: 'partial' });
    expect(run.because).toContain('cannot flood');
    expect(figuresOf(run).map(({ unit }) => unit)).toEqual(['Gb/s', 'Gb/s', 'Gb/s']);
  });

  test('takes no ping for one whose clock was set under it', async () => {
    const ping = `600 packets transmitted, 600 received, 0% packet loss, time 1664ms
rtt min/avg/max/mdev = 0.007/6001.857/3600002.602/-9180564514812.-820 ms`;
    const { run } = await benched('seed', { ping });
    expect(run).toMatchObject({ state: 'partial' });
    expect(run.because).toContain('the clock was set');
    expect(figuresOf(run).map(({ unit }) => unit)).toEqual(['Gb/s', 'Gb/s', 'Gb/s']);
  });

  test('ends where three runs in a row have failed', async () => {
    const busy = {
      iperf3:
        '{"start":{"version":"iperf 3.12"},"error":"the server is busy running a test. try again later"}',
    };
    const { run, told } = await benched('seed', busy);
    expect(told).toHaveLength(3);
    expect(run.because).toContain('the server is busy');
    expect(figuresOf(run)).toEqual([]);
  });

  const early = finding('VF6058', {}, 'beta had its own MTU back too early', 'Measure again.');

  test('gives the guests a smaller MTU for the cells of that, and their own back', async () => {
    const log: string[] = [];
    const { run } = await benched('seed', {}, undefined, lenderOf(log));
    expect(run).toMatchObject({ state: 'complete', suite: { mtuBy: 'netdev' } });
    expect(log).toEqual(['MTU 1500', 'own MTU']);
  });

  test('measures nothing with an MTU that it could not give', async () => {
    const { run } = await benched('seed', {}, undefined, lenderOf([], { lend: early }));
    expect(run).toMatchObject({ state: 'partial', because: early.message, turns: [] });
  });

  test('believes none of the runs during which the guests had their own MTU back', async () => {
    const { run } = await benched('seed', {}, undefined, lenderOf([], { back: early }));
    expect(run).toMatchObject({ state: 'partial', because: early.message });
    expect(run.turns.map(({ failed: why }) => why)).toEqual(Array(3).fill(early.message));
  });

  test('of guests with a small MTU says which cells are not possible', async () => {
    const pair = [{ ...endAt('alpha', 'web'), mtu: 1500 }, endAt('beta', 'db')] as const;
    const { signal } = new AbortController();
    const started = await begin({
      fabric: fabricOf(),
      pair,
      suite: 'seed',
      options: {},
      version: '1',
      signal,
    });
    const { run } = started as Begun;
    expect(run.impossible).toEqual([
      { cell: '9000/2 both', because: 'MTU 1500' },
      { cell: '9000/6 both', because: 'MTU 1500' },
    ]);
    expect(asMarkdown([{ ...run, id: 'x' }])).toContain(
      '| not possible: MTU 1500 | not possible: MTU 1500 |',
    );
  });

  test('that is stopped keeps what it has', async () => {
    const controller = new AbortController();
    controller.abort();
    const { run } = await benched('seed', {}, controller.signal);
    expect(run).toMatchObject({ state: 'partial', because: 'stopped by the operator', turns: [] });
  });
});

describe('two runs', () => {
  test('of other kernels, kinds of iperf3, pinnings or lengths are not comparable', async () => {
    const { run } = await benched('seed');
    const [first, second] = run.ends;
    const at = (change: object): BenchRun => ({
      ...run,
      ends: [{ ...first, before: { ...first.before, ...change } }, second],
    });
    expect(differencesOf(run, run)).toEqual([]);
    expect(differencesOf(run, at({ iperf3: '3.15' }))).toEqual([]);
    expect(differencesOf(run, at({ iperf3: '3.16' }))).toHaveLength(1);
    expect(differencesOf(run, at({ kernel: '6.13' }))).toEqual([
      'the kernel of the first end: 6.12.38 and 6.13',
    ]);
    expect(differencesOf(run, { ...run, cpus: [1] })).toEqual(['the CPUs that were used: none and 1']);
    expect(differencesOf(run, { ...run, suite: { ...run.suite, seconds: 1 } })).toHaveLength(1);
    expect(differencesOf(run, { ...run, suite: { ...run.suite, mtuBy: 'netdev' } })).toHaveLength(1);
  });

  test('are exported as the seed’s table, and value by value', async () => {
    const { run } = await benched('seed');
    expect(asMarkdown([run]).split('\n')[2]).toBe(
      '| ovs/tc + VXLAN (software) | 3.12 | 3.12 | 3.12 | 30.0 | 7.00 |',
    );
    const lines = asCsv([run]).trim().split('\n');
    expect(lines).toHaveLength(1 + 3 * 6 + 2 * 3);
    expect(new Set(lines.map((line) => line.split(',').length))).toEqual(new Set([10]));
  });
});

describe('a pair', () => {
  const ends = [endAt('alpha', 'web'), endAt('alpha', 'cache'), endAt('beta', 'db')];
  const names = (wanted: Parameters<typeof choosePair>[1]) =>
    choosePair(ends, wanted)?.map(({ guest }) => guest);

  test('is of two hosts where there are such, and of whom was named', () => {
    expect(names({})).toEqual(['web', 'db']);
    expect(names({ to: 'cache' })).toEqual(['db', 'cache']);
    expect(names({ from: 'web', to: 'cache/storage' })).toEqual(['web', 'cache']);
    expect(names({ network: 'household' })).toBeUndefined();
    expect(names({ from: 'web', to: 'web' })).toBeUndefined();
  });
});

describe('hosts', () => {
  const hostAt = (host: string, address: string): Endpoint => {
    const { guest: _guest, network: _network, ...end } = endAt(host, 'web');
    return { ...end, place: { in: 'host' }, netdev: 'bond0' as IfName, mtu: 9080, addresses: [address] };
  };
  const ends = [
    hostAt('alpha', '192.168.9.1'),
    hostAt('beta', '192.168.9.2'),
    hostAt('gamma', '192.168.9.3'),
  ];

  test('are measured where one of them is named', () => {
    const names = (from?: string, to?: string) =>
      chooseHosts(ends, { ...(from && { from }), ...(to && { to }) })?.map(({ host }) => host);
    expect([wantsHosts({ from: 'web' }), wantsHosts({ to: 'host:beta' })]).toEqual([false, true]);
    expect(names('host:beta')).toEqual(['beta', 'alpha']);
    expect(names('host:alpha', 'host:gamma')).toEqual(['alpha', 'gamma']);
    expect(names('host:alpha', 'host:alpha')).toBeUndefined();
    expect(names('host:alpha', 'web')).toBeUndefined();
  });

  test('are the baseline: no tunnel around their packets, and their MTU is their own', async () => {
    const pair = chooseHosts(ends, { from: 'host:alpha' });
    if (!pair) throw new Error('no pair');
    const { signal } = new AbortController();
    const started = await begin({
      fabric: fabricOf(),
      pair,
      suite: 'seed',
      options: {},
      version: '1',
      signal,
    });
    const { run, bench } = started as Begun;
    expect(run.wire.encapsulation).toEqual({ tunnel: 'none', tagged: false });
    expect(run).toMatchObject({ suite: { mtuBy: 'segments' }, forwarding: { by: 'software' } });
    expect(run.ends.map(({ name }) => name)).toEqual(['host:alpha', 'host:beta']);
    expect(bench.lender).toBeUndefined();
    expect(asMarkdown([{ ...run, id: 'x' }])).toContain('| host to host (partial) |');
  });
});
