import { expect, it } from 'vitest';
import { memorySim } from '../sim/open-sim.ts';
import { playDueTimers, simExec, simFail, simLog, simPlug, simReboot, simReset, simUnplug } from './sim.ts';

const up = ['ip', 'link', 'set', 'enp3s0f0np0', 'up'];

it('exec shows what a shell would, with the exit codes of sh and timeout', async () => {
  const host = memorySim({ name: 'alpha' });
  expect(await simExec(host, ['uname', '-n'])).toEqual({ stdout: 'alpha\n', stderr: '', code: 0 });
  expect(await simExec(host, ['ip', '-batch', '-'], 'link set nosuch up\n')).toEqual({
    stdout: '',
    stderr: 'Cannot find device "nosuch"\nCommand failed -:1\n',
    code: 1,
  });
  expect(await simExec(host, ['nosuch'])).toEqual({
    stdout: '',
    stderr: 'sh: 1: nosuch: not found\n',
    code: 127,
  });
  await simFail(host, { at: 1, after: false, how: 'hang' });
  expect((await simExec(host, up)).code).toBe(124);
});

it('the log is the contract’s', async () => {
  const host = memorySim();
  await simExec(host, ['ip', 'link', 'show']);
  await simExec(host, up);
  expect(simLog(host)).toEqual({
    schema: 'vflane.sim-log/1',
    commands: [{ n: 1, at: expect.any(Number), run: up, ok: true }],
  });
});

it('reboot, reset, unplug and plug reach the host', async () => {
  const host = memorySim();
  const flags = async () => (await simExec(host, ['ip', '-br', 'link', 'show', 'enp3s0f0np0'])).stdout;
  await simExec(host, up);
  expect(await simUnplug(host)).toBe(true);
  expect(await flags()).toContain('NO-CARRIER');
  expect(await simPlug(host)).toBe(true);
  expect(await flags()).toContain('LOWER_UP');
  expect(await simUnplug(host, 'port7')).toBe(false);
  await simReboot(host);
  expect(await flags()).not.toContain('UP,');
  await simReset(host);
  expect(simLog(host)).toMatchObject({ commands: [] });
});

it('plays each timer until it is over, after taking it', async () => {
  const host = memorySim();
  await simExec(host, [
    'systemd-run',
    '--collect',
    '--unit=a',
    '--on-active=5',
    '--timer-property=AccuracySec=100ms',
    '--',
    'x',
    '--y',
  ]);
  const played: string[] = [];
  const play = async (argv: readonly string[]) => {
    expect(host.state.timers).toEqual([]);
    played.push(argv.join(' '));
    return played.length > 1;
  };
  await playDueTimers(host, play);
  await host.clock.sleep(5000);
  await playDueTimers(host, play);
  await playDueTimers(host, play);
  await playDueTimers(host, play);
  expect(played).toEqual(['x --y', 'x --y']);
});
