import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Figure } from '../src/measure/figures.ts';
import { medianOf } from '../src/measure/median.ts';
import type { BenchRun } from '../src/measure/run-record.ts';
import { appliedRack } from './support/applied-rack.ts';
import { carriedBps, linkMeter, samplesOf } from './support/link-meter.ts';
import { missingNamespaces } from './support/namespace-host.ts';
import type { Rack } from './support/rack.ts';

const missing =
  missingNamespaces() ?? (spawnSync('iperf3', ['--version']).error ? 'not installed: iperf3' : undefined);
if (missing) console.warn(`skipped: benchmarks between hosts on real Open vSwitch: ${missing}`);

/** The share of TCP payload (with timestamps) in a frame as a netdev counts it, without what only the wire adds. */
const tcpShare = 1448 / 1514;
const cell = '1500/2 forward';

describe.skipIf(missing)('benchmarks between guests of two hosts', () => {
  let rack: Rack;
  beforeAll(async () => {
    rack = await appliedRack();
  }, 60_000);
  afterAll(() => rack?.stop());

  const ends = [
    ['alpha', 'disk1'],
    ['beta', 'disk2'],
  ] as const;

  /** Delays below 50 ms on a loaded machine are made up for; in whole frames, so that each is counted. */
  function shape(mbps: number): void {
    const burst = Math.round((mbps * 1e6 * 0.05) / 8);
    for (const [host, guest] of ends) {
      const rate = ['rate', `${mbps}mbit`, 'burst', `${burst}`, 'latency', '100ms'];
      rack.hosts[host].inGuest(guest, ['tc', 'qdisc', 'replace', 'dev', 'storage', 'root', 'tbf', ...rate]);
      rack.hosts[host].inGuest(guest, ['ethtool', '-K', 'storage', 'gso', 'off', 'tso', 'off']);
    }
  }

  /** A benchmark, and what the shaped link carried meanwhile: Gb/s of TCP payload, run by run. */
  async function metered() {
    const meter = await rack.hosts.alpha.talker(linkMeter('storage'), 'disk1');
    const ended = await bench();
    const samples = samplesOf(meter);
    await meter.stop();
    const starts = [...ended.run.turns.map(({ at }) => Date.parse(at)), Number.POSITIVE_INFINITY];
    const carried = ended.run.turns.map(({ flows = [] }, n) => {
      const own = samples.filter(({ ms }) => ms >= (starts[n] ?? 0) && ms < (starts[n + 1] ?? 0));
      return (carriedBps(own, flows[0]?.seconds ?? 0) * tcpShare) / 1e9;
    });
    return { ...ended, carried: medianOf(carried) };
  }

  const asked = [
    'bench',
    '--network',
    'storage',
    '--from',
    'disk1',
    '--to',
    'disk2',
    '--only',
    cell,
    '--seconds',
    '1',
  ];

  interface Ended {
    readonly run: BenchRun;
    readonly figures: readonly Figure[];
    readonly findings: readonly { readonly code: string; readonly message: string }[];
  }

  function lastLine(stdout: string): Ended {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Ended;
  }

  async function bench(...words: readonly string[]) {
    const { code, stdout, stderr } = await rack.vflane(...asked, ...words, '--json');
    return { code, stderr, ...lastLine(stdout) };
  }

  const folder = () => join(rack.command.env.VFLANE_STATE_DIR ?? '', 'bench');
  const kept = (id: string) => JSON.parse(readFileSync(join(folder(), id, 'run.json'), 'utf8')) as BenchRun;

  test('a shaped link’s median is within 2 % of what it carries; equal ones are not told apart, 10 % is', async () => {
    shape(30);
    const first = await metered();
    const { median = Number.NaN, low, high } = first.figures[0]?.median ?? {};
    console.log(
      `shaped to ${(0.03 * tcpShare).toFixed(5)} Gb/s of payload, of which it carried ${first.carried.median.toFixed(5)}: ${median.toFixed(5)} (${low?.toFixed(5)} – ${high?.toFixed(5)})`,
    );
    expect(first.code, first.stderr).toBe(0);
    expect(first.run.forwarding.by).toBe('software');
    expect(Math.abs(median / first.carried.median - 1)).toBeLessThan(0.02);
    await bench();
    const equal = await rack.done('bench', 'compare', 'last~1', 'last', '--json');
    shape(33);
    await bench();
    const more = await rack.done('bench', 'compare', 'last~1', 'last', '--json');
    const verdict = (text: string) =>
      (JSON.parse(text) as { figures: readonly { verdict: string }[] }).figures[0]?.verdict;
    expect([verdict(equal.stdout), verdict(more.stdout)]).toEqual(['cannot tell', 'better']);
  }, 180_000);

  const mtuOf = (host: 'alpha' | 'beta', guest: 'disk1' | 'disk2') =>
    /mtu (\d+)/.exec(rack.hosts[host].inGuest(guest, ['ip', 'link', 'show', 'storage']))?.[1];

  test('a smaller MTU is set in the guests for those runs only; with --keep-mtu TCP’s segments are smaller', async () => {
    const { program, cwd, env } = rack.command;
    const child = spawn(process.execPath, [program, ...asked, '--runs', '2', '--json'], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const seen = new Set<string | undefined>();
    child.stdout.on('data', () => seen.add(`${mtuOf('alpha', 'disk1')} ${mtuOf('beta', 'disk2')}`));
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    expect([...seen]).toContain('1500 1500');
    expect([mtuOf('alpha', 'disk1'), mtuOf('beta', 'disk2')]).toEqual(['9000', '9000']);
    expect((await rack.vflane('verify')).code).toBe(0);
    const ended = await bench('--runs', '1', '--keep-mtu');
    expect(ended.run).toMatchObject({ state: 'complete', suite: { mtuBy: 'segments' } });
  });

  test('the hosts themselves are the baseline', async () => {
    const words = [
      'bench',
      '--suite',
      'seed',
      '--from',
      'host:alpha',
      '--to',
      'host:gamma',
      '--only',
      '9000/2',
    ];
    const { code, stdout, stderr } = await rack.vflane(...words, '--runs', '1', '--seconds', '1', '--json');
    expect(code, stderr).toBe(0);
    const { run, figures } = lastLine(stdout);
    expect(run.ends.map(({ name, address }) => [name, address])).toEqual([
      ['host:alpha', '192.168.9.1'],
      ['host:gamma', '192.168.9.3'],
    ]);
    expect(figures[0]?.values).toHaveLength(2);
  });

  test('a port in use is left to its user', async () => {
    const other = await rack.hosts.beta.talker(['sh', '-c', 'echo ready; exec iperf3 -s -p 5201'], 'disk2');
    const ended = await bench('--runs', '1');
    await other.stop();
    expect(ended.run).toMatchObject({ state: 'complete' });
    expect(ended.figures[0]?.values).toHaveLength(1);
  });

  test('Ctrl-C keeps what was measured, as partial: exit 1', async () => {
    const { program, cwd, env } = rack.command;
    const child = spawn(process.execPath, [program, ...asked, '--json'], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const before = stdout;
      stdout += text;
      if (!before.includes('"turn"') && stdout.includes('"turn"')) child.kill('SIGINT');
    });
    const [code] = await once(child, 'close');
    const { run, findings } = lastLine(stdout);
    expect({ code, state: run.state, because: run.because }).toEqual({
      code: 1,
      state: 'partial',
      because: 'stopped by the operator',
    });
    expect(findings.map((finding) => finding.code)).toContain('VF6051');
    expect(kept(run.id)).toEqual(run);
    expect(run.turns.length).toBeGreaterThan(0);
    expect(existsSync(join(folder(), run.id, run.turns[0]?.raw ?? ''))).toBe(true);
    expect(rack.hosts.beta.run(['sh', '-c', 'pgrep -f [-]-forceflush || true'])).toBe('');
    expect([mtuOf('alpha', 'disk1'), mtuOf('beta', 'disk2')]).toEqual(['9000', '9000']);
  });

  test('kill -9 keeps what was measured, and stops what it had started', async () => {
    const { program, cwd, env } = rack.command;
    const child = spawn(process.execPath, [program, ...asked, '--json'], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout.setEncoding('utf8').once('data', () => child.kill('SIGKILL'));
    await once(child, 'close');
    const id = readdirSync(folder()).sort().at(-1) ?? '';
    expect(kept(id)).toMatchObject({ state: 'running' });
    expect(kept(id).turns.length).toBeGreaterThan(0);
    expect((await rack.done('bench', 'list')).stdout).toContain('it was killed');
    const again = await rack.vflane(...asked, '--runs', '1');
    expect(again).toMatchObject({ code: 4, stdout: expect.stringContaining('VF6058') });
    expect(await rack.vflane('rollback')).toMatchObject({ code: 0 });
    expect([mtuOf('alpha', 'disk1'), mtuOf('beta', 'disk2')]).toEqual(['9000', '9000']);
  });

  test('different iperf3 at the two ends are reported; another kernel is not compared', async () => {
    const script =
      '#!/bin/sh\n[ "$1" = --version ] && { echo "iperf 3.18 (cJSON 1.7.15)"; exit; }\nexec /usr/bin/iperf3 "$@"\n';
    const { beta } = rack.hosts;
    beta.run(
      ['sh', '-c', 'mkdir -p /run/other && cat > /run/other/iperf3 && chmod +x /run/other/iperf3'],
      script,
    );
    beta.run([
      'sh',
      '-c',
      'cp /usr/bin/iperf3 /run/other/real && sed -i s,/usr/bin/iperf3,/run/other/real, /run/other/iperf3',
    ]);
    beta.run(['mount', '--bind', '/run/other/iperf3', '/usr/bin/iperf3']);
    const ended = await bench('--runs', '1').finally(() => beta.run(['umount', '/usr/bin/iperf3']));
    expect(ended.findings.map(({ code }) => code)).toEqual(['VF6053']);
    const refused = await rack.vflane('bench', 'compare', 'last~1', 'last');
    expect(refused.code).toBe(4);
    expect(refused.stdout).toContain('VF6055');
    const forced = await rack.done('bench', 'compare', 'last~1', 'last', '--force');
    expect(forced.stdout).toContain('[forced]');
  });

  test('a guest that vanishes meanwhile is reported, and the rest is kept', async () => {
    const { program, cwd, env } = rack.command;
    const child = spawn(process.execPath, [program, ...asked, '--runs', '6', '--json'], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const isFirst = !stdout.includes('"turn"') && (stdout + text).includes('"turn"');
      stdout += text;
      if (isFirst) rack.hosts.beta.run(['ip', 'netns', 'delete', 'disk2']);
    });
    const [code] = await once(child, 'close');
    const { run } = lastLine(stdout);
    expect({ code, state: run.state }).toEqual({ code: 1, state: 'partial' });
    expect(run.because).toMatch(/failed/);
    expect(run.turns[0]?.flows).toHaveLength(1);
    expect(run.turns.at(-1)?.failed).toBeDefined();
  });
});
