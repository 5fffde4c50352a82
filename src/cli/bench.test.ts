import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { vflaneHere } from '../../tests/support/command-line.ts';
import type { BenchRun, Turn } from '../measure/run-record.ts';
import { suiteOf } from '../measure/suite.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(
  join(folder, 'fabric.yaml'),
  `name: rack7
networks: { storage: { id: 42, subnet: 192.168.10.0/24 } }
hosts:
  alpha: { connect: "sim:connectx5", datapath: legacy-vlan, nic: "0000:03:00", guests: { web: { netns: true, networks: { storage: 192.168.10.2/24 } }, db: { netns: true, networks: { storage: 192.168.10.3/24 } } } }
`,
);

const suite = suiteOf('default', 1500, { only: ['1500/2 forward'] });
const before = { kernel: '6.12', cpu: 'c', governor: 'g', iperf3: '3.18', ovs: 'o', netdevs: {} };

function keep(id: string, gbps: number, more: Partial<BenchRun> = {}): void {
  const turns = Array.from({ length: 10 }, (_, at): Turn => {
    const flow = { bitsPerSecond: (gbps + at / 100) * 1e9, bytes: 1, seconds: 1, retransmits: 0 };
    const [cell] = suite.cells;
    if (cell === undefined) throw new Error('the suite has no cell');
    return { cell, run: at + 1, at: '', flows: [{ direction: 'forward', ...flow }] };
  });
  const end = (name: string) =>
    ({ name, host: 'alpha', datapath: 'legacy-vlan', address: '', netdev: '', mtu: 1500, before }) as const;
  const run: BenchRun = {
    ...{ schema: 'vflane.bench-run/1', id, state: 'complete', started: '', version: '1', fabric: 'rack7' },
    ...{ network: 'storage', suite, cpus: [], turns, ends: [end('web'), end('db')] },
    wire: { encapsulation: { tunnel: 'none', tagged: true }, family: 4, lineBps: 100e9, slotBps: 120e9 },
    forwarding: { by: 'card', proof: 'a VF has no other road' },
    ...more,
  };
  mkdirSync(join(folder, '.vflane/bench', id), { recursive: true });
  writeFileSync(join(folder, '.vflane/bench', id, 'run.json'), JSON.stringify(run));
}

const vflane = (line: string) => vflaneHere(line.split(' '), folder, {});

test('nothing is measured on simulated hosts: 4, and it is said', async () => {
  const { code, stdout } = await vflane('bench --json');
  expect(code).toBe(4);
  expect(stdout).toContain('VF6000');
});

test('before there is a run, there is none: 0 for the list, 4 for one of it', async () => {
  expect((await vflane('bench list')).code).toBe(0);
  expect(await vflane('bench export')).toMatchObject({
    ...{ code: 0, stdout: '', stderr: expect.stringContaining('nothing is kept yet') },
  });
  expect(await vflane('bench show')).toMatchObject({ code: 4, stdout: expect.stringContaining('VF6057') });
});

test('a report of nothing shows the reference, and says what to measure', async () => {
  const { code, stdout } = await vflane('report');
  expect(code).toBe(0);
  expect(stdout).toContain('VF6060');
  expect(stdout).toContain('vflane bench --suite seed; vflane test failover; vflane test isolation');
  expect(readFileSync(join(folder, 'vflane-report.html'), 'utf8')).toContain('<svg');
});

test('a report of a run that is not kept is none: 4', async () => {
  expect(await vflane('report last')).toMatchObject({ code: 4, stdout: expect.stringContaining('VF6057') });
});

test.each([
  ['bench --runs 0', '--runs 0'],
  ['bench --min-rate fast', '--min-rate fast'],
  ['bench --suite other', 'Allowed choices are default, seed'],
  ['bench export --csv --markdown', 'two forms'],
])('%s cannot be: 64', async (line, said) => {
  const { code, stderr } = await vflane(line);
  expect(code).toBe(64);
  expect(stderr).toContain(said);
});

test('kept runs are listed, shown and compared, by the beginning of their names', async () => {
  keep('20261120T101500Z-default', 80);
  keep('20261121T101500Z-default', 90);
  keep('20261122T101500Z-default', 90, { state: 'partial', because: 'stopped by the operator' });
  expect((await vflane('bench list')).stdout.split('\n')).toHaveLength(4);
  expect((await vflane('bench show 20261120')).stdout).toMatch(/1500\/2 forward +80\.0 Gb\/s.* 85\.\d %/);
  const { stdout } = await vflane('bench compare 20261120 20261121');
  expect(stdout).toMatch(/1500\/2 forward, Gb\/s.*\+12\.\d %.*better$/m);
  expect((await vflane('bench compare 20261121 last')).stdout).toContain(
    'cannot tell (the intervals overlap)',
  );
  expect((await vflane('bench show 2026')).code).toBe(64);
});

test('what the guests are too small for is told, and what the slot is taken to carry', async () => {
  keep('20261119T101500Z-seed', 80, { impossible: [{ cell: '9000/2 both', because: 'MTU 1500' }] });
  const { stdout } = await vflane('bench show 20261119');
  expect(stdout).toContain('9000/2 both  not possible: MTU 1500');
  expect(stdout).toContain('a slot that carries 120 Gb/s (assumed: packets of 512 bytes)');
  rmSync(join(folder, '.vflane/bench/20261119T101500Z-seed'), { recursive: true });
});

test('runs that differ in more are compared by force only, and marked', async () => {
  keep('20261123T101500Z-default', 95, { cpus: [1, 2] });
  expect(await vflane('bench compare last~1 last --json')).toMatchObject({ code: 4 });
  expect((await vflane('bench compare last~1 last --force')).stdout).toMatch(/better {2}\[forced\]$/m);
});

test('a run that cannot be read is a warning, and the rest is there', async () => {
  mkdirSync(join(folder, '.vflane/bench/20261124T101500Z-default'));
  const { code, stdout } = await vflane('bench list --json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ runs: { length: 4 }, findings: [{ code: 'VF6056' }] });
});

test('the report is one file, with its charts beside it where they are asked for', async () => {
  const { code, stdout } = await vflane('report --out out/page.html --svg out/charts --json 20261120');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ runs: ['20261120T101500Z-default'] });
  expect(readFileSync(join(folder, 'out/page.html'), 'utf8')).toContain('20261120T101500Z-default');
  expect(readdirSync(join(folder, 'out/charts'))).toContain('throughput-spread-1.svg');
  writeFileSync(join(folder, 'a-file'), '');
  expect((await vflane('report --out a-file/page.html')).code).toBe(64);
});
