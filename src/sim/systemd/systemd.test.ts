import { describe, expect, it } from 'vitest';
import { addFault } from '../faults.ts';
import { memorySim } from '../open-sim.ts';
import type { SimHost, SimPrograms } from '../sim-host.ts';
import { does, tell } from '../testing/tell.ts';
import { unplug } from '../unplug.ts';
import { commandsOf } from './command-line.ts';
import { escapePath, fullName } from './unit-name.ts';

const etc = '/etc/systemd/system';

async function withUnits(units: { readonly [name: string]: string }, host = memorySim()): Promise<SimHost> {
  for (const [name, text] of Object.entries(units)) {
    const path = `${etc}/${name}`;
    await does(host, `mkdir -p ${path.replace(/\/[^/]*$/, '')}`);
    await host.writeFile(path, text);
  }
  return host;
}

const oneshot = (command: string, more = '') => `[Service]\nType=oneshot\nExecStart=${command}\n${more}`;
const kept = (command: string, more = '') => oneshot(command, `RemainAfterExit=yes\n${more}`);
const seeBad = 'See "systemctl status bad.service" and "journalctl -xeu bad.service" for details.\n';

describe('start, with answers as seen from systemd 252', () => {
  it.each([
    ['bad', `Job for bad.service failed because the control process exited with error code.\n${seeBad}`, 1],
    ['dep', "A dependency job for dep.service failed. See 'journalctl -xe' for details.\n", 1],
    ['nosuch', 'Failed to start nosuch.service: Unit nosuch.service not found.\n', 5],
    [
      'empty',
      "Failed to start empty.service: Unit empty.service has a bad unit file setting.\nSee system logs and 'systemctl status empty.service' for details.\n",
      1,
    ],
    [
      'long@',
      "Failed to start long@.service: Unit name long@.service is missing the instance name.\nSee system logs and 'systemctl status long@.service' for details.\n",
      1,
    ],
    ['cond', '', 0],
    ['missing', '', 0],
  ])('%s', async (unit, stderr, code) => {
    const host = await withUnits({
      'bad.service': oneshot('/bin/false'),
      'dep.service': `[Unit]\nRequires=bad.service\nAfter=bad.service\n${kept('/bin/true')}`,
      'empty.service': '[Service]\nType=oneshot\n',
      'long@.service': kept('/bin/true'),
      'cond.service': `[Unit]\nConditionPathExists=/nowhere\n${kept('/bin/false')}`,
      'missing.service': '[Service]\nExecStart=/nonexistent/prog\n',
    });
    expect(await tell(host, `systemctl start ${unit}`)).toEqual({ stdout: '', stderr, code });
  });

  it('a missing program fails a oneshot, and the journal says why', async () => {
    const host = await withUnits({ 'a.service': oneshot('/nonexistent/prog') });
    expect((await tell(host, 'systemctl start a')).stderr).toContain('exited with error code');
    const shown = await tell(host, 'systemctl show -p ExecMainStatus,Result,ActiveState a');
    expect(shown.stdout).toBe('Result=exit-code\nExecMainStatus=203\nActiveState=failed\n');
    const { stdout } = await tell(host, 'journalctl -u a -b -o cat --no-pager');
    expect(stdout).toContain(
      'a.service: Failed to locate executable /nonexistent/prog: No such file or directory\n',
    );
    expect(stdout).toContain("a.service: Failed with result 'exit-code'.\nFailed to start a.service.\n");
  });
});

describe('a boot', () => {
  const boot = kept('/usr/bin/node /usr/lib/x.cjs agent --boot', '[Install]\nWantedBy=multi-user.target\n');

  /** A host whose boot unit runs a program played by this test. */
  async function withProgram(program: NonNullable<SimPrograms[string]>): Promise<SimHost> {
    const host = memorySim({ programs: { '/usr/bin/node': program }, onKill: () => {} });
    await withUnits({ 'boot.service': `[Unit]\nAfter=openvswitch-switch.service\n${boot}` }, host);
    await does(host, 'systemctl enable boot');
    return host;
  }

  it('runs an enabled unit’s program after the units it is ordered after, and keeps its output', async () => {
    const seen: unknown[] = [];
    const host = await withProgram(async (argv, there) => {
      seen.push(argv, (await tell(there, 'systemctl is-active openvswitch-switch')).stdout);
      await does(there, 'ip link add x0 type dummy');
      return { code: 0, stdout: 'made x0\n' };
    });
    await host.reboot();
    expect(seen).toEqual([['/usr/bin/node', '/usr/lib/x.cjs', 'agent', '--boot'], 'active\n']);
    expect((await tell(host, 'systemctl is-active boot')).stdout).toBe('active\n');
    expect((await tell(host, 'journalctl -u boot -b -o cat')).stdout).toBe(
      'Starting boot.service...\nmade x0\nFinished boot.service.\n',
    );
  });

  it('fails a unit whose program fails, and starts everything else', async () => {
    const host = await withProgram(async () => ({ code: 4 }));
    await host.reboot();
    expect((await tell(host, 'systemctl is-failed boot')).stdout).toBe('failed\n');
    expect((await tell(host, 'systemctl is-system-running')).stdout).toBe('degraded\n');
    expect((await tell(host, 'systemctl is-active ssh')).stdout).toBe('active\n');
    expect(await tell(host, 'systemctl start boot')).toMatchObject({ code: 1 });
  });

  it('that loses power starts again', async () => {
    let runs = 0;
    const host = await withProgram(async (_, there) => {
      runs += 1;
      await does(there, 'ip link add x0 type dummy');
      return { code: 0 };
    });
    host.alter((state) => addFault(state, { at: 1, after: true, how: 'power' }));
    await host.reboot();
    expect(runs).toBe(2);
    expect(host.state.boots).toBe(2);
    expect((await tell(host, 'systemctl is-active boot')).stdout).toBe('active\n');
  });

  it('waits for a card that appears late', async () => {
    const host = await withProgram(async (_, there) => {
      for (let waited = 0; waited < 60; waited += 1) {
        if ((await there.listDir('/sys/class/net')).includes('enp3s0f0np0')) return { code: 0 };
        await there.clock.sleep(1_000);
      }
      return { code: 1 };
    });
    await host.reboot({ cardAfterMs: 20_000 });
    expect((await tell(host, 'systemctl is-active boot')).stdout).toBe('active\n');
  });

  it('waits for a device that a unit is bound to, and goes on without one that never comes', async () => {
    const device = 'sys-subsystem-net-devices-enp3s0f0np0.device';
    const text = `[Unit]\nBindsTo=${device}\nAfter=${device}\n${kept('/bin/true', '[Install]\nWantedBy=multi-user.target\n')}`;
    const host = await withUnits({ 'late.service': text });
    await does(host, 'systemctl enable late');
    await host.reboot({ cardAfterMs: 30_000 });
    expect((await tell(host, 'systemctl is-active late')).stdout).toBe('active\n');
    host.alter((state) => unplug(state, 'card'));
    await host.reboot();
    expect((await tell(host, 'systemctl is-active late')).stdout).toBe('inactive\n');
    expect((await tell(host, 'journalctl -u late -b -o cat')).stdout).toContain(
      'Dependency failed for late.service',
    );
  });

  it('may find the ports swapped', async () => {
    const host = memorySim();
    const mac = async (name: string) => (await host.readFile(`/sys/class/net/${name}/address`)).trim();
    const before = [await mac('enp3s0f0np0'), await mac('enp3s0f1np1')];
    await host.reboot({ swapped: 'names' });
    expect([await mac('enp3s0f1np1'), await mac('enp3s0f0np0')]).toEqual(before);
    await host.reboot({ swapped: 'no' });
    expect([await mac('enp3s0f0np0'), await mac('enp3s0f1np1')]).toEqual(before);
  });

  it('loads the modules and settings in files, and clears /run', async () => {
    const host = memorySim();
    await host.writeFile('/etc/modules-load.d/a.conf', '# for VMs\nvfio-pci\n');
    await host.writeFile('/etc/sysctl.d/a.conf', 'net.ipv4.conf.all.rp_filter = 2\n');
    await host.writeFile('/run/a', 'x');
    await host.reboot();
    expect(await host.listDir('/sys/module')).toContain('vfio_pci');
    expect(await host.readFile('/proc/sys/net/ipv4/conf/all/rp_filter')).toBe('2\n');
    await expect(host.readFile('/run/a')).rejects.toMatchObject({ details: { errno: 'ENOENT' } });
  });
});

describe('unit files', () => {
  it('count as they were when systemd read them, and systemctl warns', async () => {
    const host = await withUnits({ 'a.service': kept('/bin/true') });
    await does(host, 'systemctl start a');
    await host.writeFile(`${etc}/a.service`, kept('/bin/false'));
    expect(await tell(host, 'systemctl restart a')).toEqual({
      code: 0,
      stdout: '',
      stderr:
        "Warning: The unit file, source configuration file or drop-ins of a.service changed on disk. Run 'systemctl daemon-reload' to reload units.\n",
    });
    await does(host, 'systemctl daemon-reload');
    expect((await tell(host, 'systemctl restart a')).code).toBe(1);
  });

  it.each([
    [
      String.raw`/bin/a "b c" 'd' e\x20f "g\"h" $$i %% %i`,
      ['/bin/a', 'b c', 'd', 'e f', 'g"h', '$i', '%', 'x'],
    ],
    [String.raw`-/bin/a "" \; b`, ['/bin/a', '', ';', 'b']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: systemd's own
    ['/bin/a $WORDS ${WORDS}', ['/bin/a', 'one', 'two', 'one two']],
  ])('commands are split as systemd splits them: %s', (line, argv) => {
    const told = { unit: 'u@x.service', host: 'h', bootId: 'b', release: 'r', env: { WORDS: 'one two' } };
    expect(commandsOf(line, told)).toMatchObject([{ argv }]);
  });

  it('a path is a device, and forbidden characters are escaped', () => {
    expect(fullName('/sys/subsystem/net/devices/br-a')).toBe('sys-subsystem-net-devices-br\\x2da.mount');
    expect(escapePath('/dev/vfio/1 2')).toBe('dev-vfio-1\\x202');
  });
});
