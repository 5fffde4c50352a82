import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Figure } from '../src/measure/figures.ts';
import type { BenchRun } from '../src/measure/run-record.ts';
import { whileClocksStep } from './support/lab-clock.ts';
import { cardHost, labFabric, namespace, storage } from './support/lab-fabric.ts';
import { type LabHost, labHost } from './support/lab-host.ts';

/** A short benchmark of real VFs on real kernels: what it prints, keeps, compares and draws. */
let lab: LabHost;

interface Benched {
  readonly run: BenchRun;
  readonly figures: readonly Figure[];
}

const guests = {
  alpha: { web: namespace({ storage: '192.168.10.2/24' }) },
  beta: { db: namespace({ storage: '192.168.10.3/24' }) },
};
const short = ['bench', '--suite', 'seed', '--runs', '2', '--seconds', '2', '--json'];

async function expectVflane(code: number, ...args: readonly string[]): Promise<string> {
  const ended = await lab.vflane(...args);
  expect(ended, `vflane ${args.join(' ')}: ${ended.stdout}${ended.stderr}`).toMatchObject({ code });
  return ended.stdout;
}

async function bench(...cells: readonly string[]): Promise<Benched> {
  const said = await expectVflane(0, ...short, ...cells.flatMap((cell) => ['--only', cell]));
  return JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as Benched;
}

/** Emulated processors carry hundreds of Mb/s on an idle machine, and a tenth of that beside other labs. */
const isBusy = (loadavg()[0] ?? 0) > availableParallelism();
const leastGbps = isBusy ? 0.003 : 0.05;

const mtuOf = async (host: 'alpha' | 'beta', guest: string): Promise<string | undefined> =>
  /mtu (\d+)/.exec(await lab.ssh(`ip -n ${guest} link show storage`, host))?.[1];

beforeAll(async () => {
  lab = await labHost(2);
  const of = (host: 'alpha' | 'beta') => cardHost(2, guests[host]);
  lab.fabric(labFabric({ storage: storage({ mtu: 9000 }) }, { alpha: of('alpha'), beta: of('beta') }));
  await expectVflane(0, 'apply', '--yes');
});
afterAll(() => lab?.down());

describe('a benchmark between VFs of two hosts', () => {
  it('has plausible figures, each below its wire’s limit', async () => {
    const { run, figures } = await bench('1500/2', '9000/2');
    for (const { key, median, wireLimit = Number.NaN } of figures) {
      process.stdout.write(`lab, ${key}: ${median.median.toFixed(3)} Gb/s of ${wireLimit.toFixed(3)}\n`);
    }
    expect(run).toMatchObject({ state: 'complete', forwarding: { by: 'card' }, suite: { mtuBy: 'netdev' } });
    expect(figures.map(({ key, values }) => [key, values.length])).toEqual([
      ['1500/2 both', 4],
      ['9000/2 both', 4],
    ]);
    for (const { median, wireLimit = 0 } of figures) {
      expect(median.median).toBeGreaterThan(leastGbps);
      expect(median.median).toBeLessThan(wireLimit);
    }
  });

  it('leaves the guests as they were', async () => {
    expect([await mtuOf('alpha', 'web'), await mtuOf('beta', 'db')]).toEqual(['9000', '9000']);
    await expectVflane(0, 'verify');
  });

  it('is kept along with what it was measured on', async () => {
    const shown = await expectVflane(0, 'bench', 'show');
    expect(shown).toMatch(/1500\/2 both .*Gb\/s/);
    expect(shown).toMatch(/kernel \d+\.\d+.*iperf3 3\./);
    expect(shown).toMatch(/igb/);
  });

  it('keeps measuring while both hosts’ clocks are set an hour forward and back', async () => {
    const { run, figures } = await whileClocksStep(lab, ['alpha', 'beta'], () => bench('9000/2'));
    expect(run.state).toBe('complete');
    for (const { seconds, bitsPerSecond } of run.turns.flatMap(({ flows = [] }) => flows)) {
      expect(Math.abs(seconds - 2)).toBeLessThan(1);
      expect(bitsPerSecond / 1e9).toBeGreaterThan(leastGbps);
    }
    expect(figures[0]?.median.median).toBeLessThan(figures[0]?.wireLimit ?? 0);
  });

  it('takes no time from a ping whose clock was set meanwhile', async () => {
    const words = ['bench', '--suite', 'seed', '--runs', '1', '--only', 'ping', '--json'];
    const said = await whileClocksStep(lab, ['alpha'], () => expectVflane(1, ...words));
    const { run } = JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as Benched;
    expect(run).toMatchObject({ state: 'partial', because: expect.stringContaining('the clock was set') });
  });

  it('of the same hosts is compared: better, worse, or undecided', async () => {
    await bench('9000/2');
    const { figures } = JSON.parse(await expectVflane(0, 'bench', 'compare', 'last~2', 'last', '--json'));
    expect(figures).toHaveLength(1);
    for (const { verdict, a, b } of figures) {
      expect(['better', 'worse', 'cannot tell']).toContain(verdict);
      expect(a.low).toBeLessThanOrEqual(a.high);
      expect(b.low).toBeLessThanOrEqual(b.high);
    }
  });

  it('is drawn on one page', async () => {
    await expectVflane(0, 'report', '--out', 'page.html');
    const page = readFileSync(join(lab.folder, 'page.html'), 'utf8');
    expect(page).toContain('<svg');
    expect(page.match(/<h2/g)?.length).toBeGreaterThan(1);
    expect(page).not.toMatch(/(src|href)="https?:/);
  });
});
