import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FailoverResult, PhaseSummary } from '../src/measure/failover-result.ts';
import { appliedRack } from './support/applied-rack.ts';
import { missingNamespaces } from './support/namespace-host.ts';
import { hostNames, type Rack, type Said } from './support/rack.ts';
import { fabricText } from './support/rack-fabric.ts';

const missing = missingNamespaces();
if (missing) console.warn(`skipped: failover of three hosts on real Open vSwitch: ${missing}`);

type Told = FailoverResult & {
  readonly summary: readonly PhaseSummary[];
  readonly findings: readonly { code: string }[];
};

/** The last line is the whole result. */
const toldBy = ({ stdout }: Said): Told => JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');

describe.skipIf(missing)('vflane test failover, on real Open vSwitch', () => {
  let rack: Rack;
  const failover = (...words: readonly string[]): Promise<Said> =>
    rack.vflane('test', 'failover', '--between', 'guest1', 'guest2', '--yes', '--json', ...words);
  const isUp = (port: string): boolean =>
    / UP |,UP/.test(rack.hosts.alpha.run(['ip', '-br', 'link', 'show', 'dev', port]).replace(/[<>]/g, ' '));
  beforeAll(async () => {
    rack = await appliedRack();
  }, 60_000);
  afterAll(() => rack?.stop());

  test('both ports are taken down and up again, and the gap is reported for both directions', async () => {
    const said = await failover('--times', '2');
    const { phases, summary, findings, partial } = toldBy(said);
    console.info(said.stderr);
    expect(partial).toBeUndefined();
    expect(said.code, said.stdout + said.stderr).toBe(0);
    const [first, second, third] = phases;
    expect([first?.phase, second?.phase, third?.phase]).toEqual(['down', 'up', 'back']);
    expect(third?.port).not.toBe(first?.port);
    expect(third?.said.at(-1)?.is).toBe(first?.port);
    expect(phases.every(({ ways }) => ways.every(({ over }) => over))).toBe(true);
    expect(summary.find(({ phase }) => phase === 'down')).toMatchObject({ n: 2 });
    expect(findings.filter(({ code }) => code !== 'VF6014')).toEqual([]);
    expect([isUp('eth1'), isUp('eth2')]).toEqual([true, true]);
    await rack.done('verify');
  });

  test('a gap longer than allowed is exit 9', async () => {
    const said = await failover('--times', '1', '--max-outage', '1ms');
    const worst = Math.max(
      ...toldBy(said).phases.flatMap(({ ways }) => ways.map(({ outageMs }) => outageMs)),
    );
    expect(said.code).toBe(worst > 1 ? 9 : 0);
  });

  test('an operator, prompted at a terminal, pulls the cable and puts it back', async () => {
    const { program, env, cwd } = rack.command;
    const words = [
      'test',
      'failover',
      '--between',
      'guest1',
      'guest2',
      '--how',
      'pull',
      '--times',
      '1',
      '--yes',
    ];
    // script(1) gives it a terminal.
    const line = [process.execPath, program, ...words, '--json'].map((word) => `'${word}'`).join(' ');
    const child = spawn('script', ['-q', '-e', '-c', line, '/dev/null'], { cwd, env, stdio: 'pipe' });
    const said = heard(child);
    const ended = once(child, 'close');
    const hand = async (asks: RegExp, nth: number, state: 'down' | 'up'): Promise<void> => {
      const asked = (): RegExpMatchArray | undefined => [...said.stdout.matchAll(asks)][nth];
      await until(() => asked() !== undefined);
      rack.switches.run(['ip', 'link', 'set', `alpha${asked()?.[1]}`, state]);
      child.stdin?.write('\n');
    };
    // The port that carries the traffic; then, if the traffic has stayed on the other one, that one.
    for (const nth of [0, 1]) {
      await hand(/Pull the cable of eth(\d) at alpha/g, nth, 'down');
      await hand(/Put back the cable of eth(\d) at alpha/g, nth, 'up');
    }
    const [code] = await ended;
    expect(code, said.stdout).toBe(0);
    const told = toldBy({ code: 0, stdout: said.stdout.replaceAll('\r', ''), stderr: '' });
    expect(told.how).toBe('pull');
    expect(told.phases.map(({ phase }) => phase)).toEqual(['down', 'up', 'back', 'up']);
    expect(told.phases.every(({ ways }) => ways.every(({ over }) => over))).toBe(true);
    expect(said.stdout).toMatch(/Pull the cable[^\n]*press Enter/);
  });

  test('without a terminal there is no prompt, and outside the lab no command for the cable', async () => {
    for (const how of ['pull', 'carrier', 'switch']) {
      const said = await failover('--how', how);
      expect(said.code).toBe(4);
      expect(said.stdout).toContain('"VF6015"');
    }
  });

  test('no port is taken while a plan waits to be confirmed', async () => {
    rack.wants(fabricText(hostNames).replace('mtu: 9000', 'mtu: 8000'));
    await rack.done('apply', '--yes', '--allow-disruption', '--confirm-within', '60s');
    const said = await failover('--times', '1');
    expect(said.code).toBe(4);
    expect(said.stdout).toContain('"VF3011"');
    await rack.done('rollback');
  });

  test('nothing is measured while a plan is open', async () => {
    const { alpha } = rack.hosts;
    rack.wants(fabricText(hostNames).replace('mtu: 9000', 'mtu: 8000'));
    const child = begin(rack, 'apply', '--yes', '--allow-disruption', '--host', 'alpha');
    const said = heard(child);
    await until(() => /1\/\d/.test(said.stderr));
    alpha.run(['sh', '-c', 'kill -9 $(pgrep -f "[a]gent --stdio")']);
    await once(child, 'close');
    for (const words of [['test', 'failover', '--yes'], ['test', 'isolation'], ['test', 'mtu'], ['bench']]) {
      const refused = await rack.vflane(...words, '--json');
      expect(refused.stdout, words.join(' ')).toContain('"VF3010"');
      expect(refused.code, words.join(' ')).toBe(4);
    }
    rack.wants(fabricText(hostNames));
    await rack.done('rollback');
    await rack.done('verify');
  });

  test('Ctrl-C keeps what was measured, marks it and gives the port back', async () => {
    const child = begin(
      rack,
      'test',
      'failover',
      '--between',
      'guest1',
      'guest2',
      '--yes',
      '--json',
      '--times',
      '50',
    );
    const said = heard(child);
    await until(() => said.stdout.includes('"phase"'));
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    expect(code).toBe(1);
    const { partial, findings } = toldBy({ code, ...said });
    expect(partial).toBe('it was interrupted');
    expect(findings.map((one) => one.code)).toContain('VF6016');
    expect([isUp('eth1'), isUp('eth2')]).toEqual([true, true]);
    await rack.done('verify');
  });

  test('killed while a port is down, the journal brings it up, and a timer was armed to do so', async () => {
    const child = begin(
      rack,
      'test',
      'failover',
      '--between',
      'guest1',
      'guest2',
      '--yes',
      '--json',
      '--times',
      '50',
    );
    heard(child);
    await until(() => !isUp('eth1') || !isUp('eth2'));
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(rack.hosts.alpha.run(['ls', '/run/timers'])).toMatch(
      /^vflane-take-back-test-failover-\w+\.timer\n$/,
    );
    await rack.done('rollback', '--host', 'alpha');
    expect([isUp('eth1'), isUp('eth2')]).toEqual([true, true]);
    expect(rack.hosts.alpha.run(['ls', '/run/timers'])).toBe('');
    await rack.done('verify');
  });
});

function begin(rack: Rack, ...words: readonly string[]): ChildProcess {
  const { program, env, cwd } = rack.command;
  return spawn(process.execPath, [program, ...words], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

function heard(child: ChildProcess): { stdout: string; stderr: string } {
  const said = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text) => (said.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text) => (said.stderr += text));
  return said;
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('not seen within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
