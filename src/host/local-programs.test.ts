import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { bundleProgram } from '../../tests/program.ts';
import { HostError } from './host.ts';
import { localPrograms } from './local-programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-programs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = localPrograms({ name: 'alpha' });
const sh = (script: string) => ['sh', '-c', script];

async function ended(script: string, more: Partial<Parameters<typeof run>[0]> = {}) {
  const lines: string[] = [];
  const end = await run({ argv: sh(script), timeoutMs: 5_000, onLine: (line) => lines.push(line), ...more });
  return { ...end, lines };
}

describe.concurrent('a long-running program', () => {
  test('is read line by line, even a last line without a newline', async () => {
    expect(await ended('echo one; printf two; echo no >&2; exit 3')).toMatchObject({
      lines: ['one', 'two'],
      exitCode: 3,
      stderr: 'no\n',
    });
  });

  test('is asked to end at its deadline, and what it prints then is read', async () => {
    const script = 'trap "echo so far; exit 0" INT; while :; do sleep 0.01; done';
    expect(await ended(script, { timeoutMs: 200 })).toMatchObject({
      cut: 'deadline',
      lines: ['so far'],
      exitCode: 0,
    });
  });

  test('is ended on request, even if aborted before it began', async () => {
    const stopping = new AbortController();
    const waiting = ended('echo here; read x; echo $?', { signal: stopping.signal });
    setTimeout(() => stopping.abort(), 50);
    expect(await waiting).toMatchObject({ cut: 'stopped' });
    expect(await ended('sleep 5', { signal: AbortSignal.abort() })).toMatchObject({ cut: 'stopped' });
  });

  test.each([
    [['no-such-program'], []],
    [['sh'], ['no-such-program']],
  ])('that is missing, itself or behind another, is named', async (argv, needs) => {
    const asked = run({ argv, needs, timeoutMs: 1_000, onLine: () => {} });
    await expect(asked).rejects.toThrow(HostError);
    await expect(asked).rejects.toMatchObject({ details: { kind: 'missing', argv: ['no-such-program'] } });
  });

  test('dies with the process that started it, even if that is killed', async () => {
    const bundle = join(folder, 'starter.cjs');
    const source = `import { localPrograms } from './src/host/local-programs.ts';
      void localPrograms({ name: 'alpha' })({
        argv: ['sh', '-c', 'echo $$; sleep 60'], timeoutMs: 60000, onLine: (line) => console.log(line) });`;
    bundleProgram(source, bundle);
    const starter = spawn(process.execPath, [bundle], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(starter.stdout, 'data')) as [Buffer];
    const pid = Number(said.toString());
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    starter.kill('SIGKILL');
    await once(starter, 'close');
    const deadline = performance.now() + 5_000;
    while (existsSync(`/proc/${pid}`) && performance.now() < deadline)
      await new Promise((go) => setTimeout(go, 5));
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });
});
