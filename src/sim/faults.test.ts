import { describe, expect, it } from 'vitest';
import { KilledByFault } from './changes.ts';
import { addFault } from './faults.ts';
import { memorySim } from './open-sim.ts';
import type { Fault } from './state.ts';
import { does, linkRecord, netdev0, pf0, refusal, tell } from './testing/tell.ts';

const up = ['ip', 'link', 'set', netdev0, 'up'];
const autoprobe = `${pf0}/sriov_drivers_autoprobe`;

function withFault(fault: Partial<Fault>) {
  const host = memorySim({
    onKill: () => {
      throw new KilledByFault('test');
    },
  });
  addFault(host.state, { at: 1, after: false, how: 'error', ...fault });
  return host;
}

async function isUp(host: ReturnType<typeof memorySim>): Promise<boolean> {
  return ((await linkRecord(host, netdev0)).flags as readonly string[]).includes('UP');
}

describe('a fault', () => {
  it.each([true, false])('error, effect %s', async (after) => {
    const host = withFault({ how: 'error', after });
    expect(await refusal(host.run(up))).toMatchObject({ kind: 'exit', stderr: 'ip: Input/output error\n' });
    expect(await isUp(host)).toBe(after);
  });

  it.each([true, false])('error of a write, effect %s', async (after) => {
    const host = withFault({ how: 'error', after });
    expect(await refusal(host.writeFile(autoprobe, '0'))).toMatchObject({ kind: 'errno', errno: 'EIO' });
    expect(await host.readFile(autoprobe)).toBe(after ? '0\n' : '1\n');
  });

  it.each([true, false])('hang, effect %s, takes the deadline on the host’s clock', async (after) => {
    const host = withFault({ how: 'hang', after });
    const before = host.clock.now();
    expect(await refusal(host.run(up, { timeoutMs: 700 }))).toMatchObject({ kind: 'timeout', argv: up });
    expect(host.clock.now() - before).toBe(700);
    expect(await isUp(host)).toBe(after);
  });

  it.each([true, false])('lie: reports success and does nothing (after: %s)', async (after) => {
    const host = withFault({ how: 'lie', after });
    expect(await host.run(up)).toEqual({ stdout: '', stderr: '' });
    expect(await isUp(host)).toBe(false);
    expect(host.state.log).toMatchObject([{ n: 1, run: up, ok: true, fault: expect.stringMatching(/^lie/) }]);
  });

  it.each([true, false])('kill: nothing reaches the host after it, effect %s', async (after) => {
    const host = withFault({ how: 'kill', after });
    await expect(host.run(up)).rejects.toBeInstanceOf(KilledByFault);
    await expect(host.writeFile(autoprobe, '0')).rejects.toBeInstanceOf(KilledByFault);
    await expect(host.query(['uname', '-r'])).rejects.toBeInstanceOf(KilledByFault);
    const again = host.reopened();
    expect(await isUp(again)).toBe(after);
    expect(await again.readFile(autoprobe)).toBe('1\n');
    expect(again.state.log).toHaveLength(after ? 1 : 0);
  });

  it('strikes the N-th change from now, once; reads do not count', async () => {
    const host = withFault({ at: 2, how: 'error' });
    await host.query(['ip', '-j', 'link', 'show']);
    await host.run(['ip', 'link', 'show']);
    await host.run(up);
    expect((await refusal(host.writeFile(autoprobe, '0'))).errno).toBe('EIO');
    await host.writeFile(autoprobe, '0');
    expect(host.state.faults).toEqual([]);
  });
});

describe('the log', () => {
  it('has every change in order, refused ones included, and no reads', async () => {
    const host = memorySim();
    const batch = `link set ${netdev0} vf 3 vlan 1\n`;
    await does(host, 'ip link show', 'modprobe vfio-pci');
    await tell(host, 'ip -batch -', batch);
    await refusal(host.writeFile(`${pf0}/sriov_numvfs`, '99'));
    await refusal(host.run(['nosuch']));
    expect(host.state.log.map(({ at: _at, ...entry }) => entry)).toEqual([
      { n: 1, run: ['modprobe', 'vfio-pci'], ok: true },
      {
        n: 2,
        run: ['ip', '-batch', '-'],
        stdin: batch,
        ok: false,
        error: expect.stringContaining('Command failed -:1'),
      },
      { n: 3, write: `${pf0}/sriov_numvfs`, text: '99', ok: false, error: expect.stringContaining('ERANGE') },
      { n: 4, run: ['nosuch'], ok: false, error: expect.stringContaining('no such program') },
    ]);
  });
});

describe('timers', () => {
  it('are due after their time, once, unless stopped', async () => {
    const host = memorySim();
    await does(
      host,
      'systemd-run --on-active=60 --unit=vflane-a true one',
      'systemd-run --on-active 1min --unit vflane-b true two',
    );
    expect(host.dueTimers()).toEqual([]);
    await does(host, 'sleep 59');
    expect(host.dueTimers()).toEqual([]);
    await does(host, 'systemctl stop vflane-b.timer');
    await host.clock.sleep(1000);
    expect(host.dueTimers()).toMatchObject([{ unit: 'vflane-a', argv: ['true', 'one'] }]);
    expect(host.takeTimer('vflane-a')?.argv).toEqual(['true', 'one']);
    expect(host.dueTimers()).toEqual([]);
  });

  it('have one unit each; a missing one gives systemd’s error', async () => {
    const host = memorySim();
    const arm = 'systemd-run --on-active=60 --unit=vflane-a true';
    expect((await tell(host, arm)).stderr).toContain('Running timer as unit: vflane-a.timer');
    expect((await tell(host, arm)).stderr).toContain('was already loaded');
    expect(await tell(host, 'systemctl is-active vflane-a.timer')).toMatchObject({
      code: 0,
      stdout: 'active\n',
    });
    expect(await tell(host, 'systemctl stop vflane-z.timer')).toMatchObject({ code: 5 });
    expect(await tell(host, 'systemctl is-active vflane-z.timer')).toMatchObject({
      code: 4,
      stdout: 'inactive\n',
    });
  });
});
