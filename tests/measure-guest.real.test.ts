import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guestPrograms } from '../src/host/guest-programs.ts';
import type { RunProgram } from '../src/host/program.ts';
import { StreamLog } from '../src/measure/stream-log.ts';
import { measureArgv } from '../src/operate/measure-argv.ts';
import type { MeasureProgram } from '../src/operate/measure-request.ts';
import { bundleProgram } from './program.ts';

const agent = ['/usr/sbin/qemu-ga', '/usr/bin/qemu-ga'].find(existsSync);
const missing = agent === undefined || process.geteuid?.() !== 0;
if (missing)
  console.warn('skipped: programs inside a VM by its agent: not installed: qemu-ga (apt: qemu-guest-agent)');

const argvOf = (program: MeasureProgram): readonly string[] =>
  measureArgv({ place: { in: 'host' }, program, timeoutMs: 1 }, []);

/** The agent that runs in VMs, here outside of one: its own unix socket stands in for QEMU's. */
describe.skipIf(missing)('a program inside a VM, run through its agent', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vflane-guest-'));
  const socket = join(folder, 'agent.sock');
  let qga: ChildProcess;
  let programs: RunProgram;
  beforeAll(async () => {
    qga = spawn(agent ?? '', ['-m', 'unix-listen', '-p', socket, '-t', folder, '-f', join(folder, 'pid')]);
    await until(() => existsSync(socket));
    programs = guestPrograms({ host: 'alpha', guest: 'web', socket });
  });
  afterAll(async () => {
    qga?.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const left = (): readonly string[] =>
    readdirSync('/run').filter((name) => name.startsWith('vflane-measure-'));

  test('passes on its lines, its errors and its exit code', async () => {
    const lines: string[] = [];
    const argv = ['sh', '-c', 'echo one; echo "two  $0"; echo three >&2; exit 3', '$(x) "y'];
    const ended = await programs({ argv, timeoutMs: 20_000, onLine: (line) => lines.push(line) });
    expect(ended).toMatchObject({ exitCode: 3, stderr: 'three\n' });
    expect(lines).toEqual(['one', 'two  $(x) "y']);
    await until(() => left().length === 0);
  });

  test('reads its input, and goes on until it is asked to end', async () => {
    const lines: string[] = [];
    const ending = new AbortController();
    const argv = ['perl', '-e', '$| = 1; print while <STDIN>; print "end of input\\n"'];
    const stdin = `${'x'.repeat(70)}\n`.repeat(2_000);
    const ran = programs({
      ...{ argv, stdin, timeoutMs: 20_000, signal: ending.signal },
      onLine: (line) => lines.push(line),
    });
    await until(() => lines.length === 2_000);
    ending.abort();
    expect(await ran).toMatchObject({ cut: 'stopped' });
    expect(lines.every((line) => line === 'x'.repeat(70))).toBe(true);
  });

  test('that is missing is named, and one that takes too long is ended', async () => {
    const onLine = () => undefined;
    await expect(programs({ argv: ['iperf33'], timeoutMs: 9_000, onLine })).rejects.toMatchObject({
      details: { kind: 'missing', host: 'alpha: web' },
    });
    const late = await programs({ argv: ['sleep', '60'], timeoutMs: 500, onLine });
    expect(late).toMatchObject({ cut: 'deadline' });
    expect(late.ms).toBeLessThan(10_000);
  });

  test('keeps up a thousand datagrams a second, two of them at once', async () => {
    const spec = { name: 'stream', port: 40_123, intervalUs: 1_000, run: 5 } as const;
    const ends = [
      { ...spec, local: '127.0.0.1', peer: '127.0.0.2' },
      { ...spec, local: '127.0.0.2', peer: '127.0.0.1' },
    ];
    const logs = ends.map(() => new StreamLog());
    const ending = new AbortController();
    const ran = ends.map((program, n) =>
      programs({
        ...{ argv: argvOf(program), timeoutMs: 30_000, signal: ending.signal },
        onLine: (line) => logs[n]?.hear(line, performance.now()),
      }),
    );
    await until(() => logs.every(({ got }) => got.length > 1_500));
    ending.abort();
    await Promise.all(ran);
    for (const { got, overrun } of logs) {
      expect(overrun).toBe(0);
      expect(got.slice(500, 1_500).filter((at) => at !== undefined).length).toBeGreaterThan(950);
    }
  });

  test('whose caller is killed ends on its own, and leaves nothing behind', async () => {
    const bundle = join(folder, 'caller.cjs');
    const told = JSON.stringify({ host: 'alpha', guest: 'web', socket });
    const asked = `{ argv: ['sleep', '4711'], timeoutMs: 60_000, onLine: () => undefined }`;
    bundleProgram(
      `import { guestPrograms } from './src/host/guest-programs.ts'; guestPrograms(${told})(${asked});`,
      bundle,
    );
    const caller = spawn(process.execPath, [bundle]);
    const sleeps = (): boolean => spawnSync('pgrep', ['-fx', 'sleep 4711']).status === 0;
    await until(sleeps);
    caller.kill('SIGKILL');
    await until(() => !sleeps() && left().length === 0);
  });
});

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('not seen within 30 s');
    await sleep(20);
  }
}
