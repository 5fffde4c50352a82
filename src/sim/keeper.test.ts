import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reboot } from './boot.ts';
import { reset } from './create.ts';
import { memorySim, openSim, simOptions } from './open-sim.ts';
import { does, linkRecord, makeVfs, netdev0, pf0, refusal, tell, vfRecord } from './testing/tell.ts';
import { plug, unplug } from './unplug.ts';

let folder = '';
let stateFile = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vflane-sim-'));
  stateFile = join(folder, 'sim', 'alpha.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => openSim({ stateFile, name: 'alpha' });

describe('a host in a file', () => {
  it('is one host to separate commands, and has no file until changed', async () => {
    const bootId = await open().readFile('/proc/sys/kernel/random/boot_id');
    expect(readdirSync(folder)).toEqual([]);
    const [first, second] = [open(), open()];
    await first.writeFile(`${pf0}/sriov_numvfs`, '2');
    expect(await second.readFile(`${pf0}/sriov_numvfs`)).toBe('2\n');
    await does(second, `ip link set ${netdev0} vf 1 vlan 40`);
    expect(await vfRecord(first, netdev0, 1)).toMatchObject({ vlan_list: [{ vlan: 40 }] });
    expect(await first.readFile('/proc/sys/kernel/random/boot_id')).toBe(bootId);
    expect(readdirSync(join(folder, 'sim'))).toEqual(['alpha.json']);
  });

  it('has a command’s effect on disk before the answer, refused or not', async () => {
    const host = open();
    await refusal(host.run(['ip', '-batch', '-'], { stdin: `link set ${netdev0} up\nlink set nosuch up\n` }));
    const stored = JSON.parse(readFileSync(stateFile, 'utf8'));
    expect(stored).toEqual(JSON.parse(JSON.stringify(host.state)));
    expect(stored.netdevs.find((n: { name: string }) => n.name === netdev0).up).toBe(true);
  });

  it('lives on the machine’s clock, so that a timer is due in a later command', async () => {
    await does(open(), 'systemd-run --on-active=1 --unit=vflane-x true', 'sleep 2');
    expect(open().dueTimers()).toMatchObject([{ unit: 'vflane-x' }]);
    expect(Math.abs(open().clock.now() - 2000 - Date.now())).toBeLessThan(5000);
  });

  it('says that a guest’s agent does not answer yet, without blocking other commands', async () => {
    const agent = '-device virtserialport,chardev=agent0,name=org.qemu.guest_agent.0';
    const socket = '-chardev socket,id=agent0,path=/run/agent.sock,server=on,wait=off';
    const qemu = `qemu-system-x86_64 -name guest=a -m 512 ${socket} -device virtio-serial-pci ${agent} -daemonize`;
    const host = open();
    await does(host, qemu);
    const began = performance.now();
    expect(await refusal(host.ask('/run/agent.sock', ['{"execute":"guest-ping"}'], 1))).toMatchObject({
      kind: 'timeout',
    });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('is refused for a host of another kind', async () => {
    await does(open(), 'true');
    const other = () => openSim({ stateFile, name: 'alpha', card: 'igb' });
    expect(other).toThrow(/it was made as sim:connectx5\/debian-13/);
  });

  it.each(['garbage', '{}'])('cannot be reached if its file holds %s', async (text) => {
    mkdirSync(join(folder, 'sim'));
    writeFileSync(stateFile, text);
    expect(open).toThrow(/^alpha: the host cannot be reached: open .*alpha\.json: /);
  });

  it('cannot be reached if its folder is not one', async () => {
    writeFileSync(join(folder, 'sim'), '');
    expect(open).toThrow(/^alpha: the host cannot be reached: open .*alpha\.json: ENOTDIR/);
  });

  it('says what is wrong with a `connect`', () => {
    expect(simOptions('a', { card: 'cx9', kernel: 'debian-13', numOfVfs: 1 })).toEqual({
      wrong: 'no card "cx9": connectx5, igb, plain',
    });
    expect(simOptions('a', { card: 'igb', kernel: 'x', numOfVfs: 1 })).toMatchObject({
      wrong: expect.stringContaining('debian-12'),
    });
  });
});

describe('two commands at once', () => {
  it('both take effect, and a dead one’s lock is free', async () => {
    const dead = spawnSync('true');
    mkdirSync(join(folder, 'sim'));
    writeFileSync(`${stateFile}.lock`, `${dead.pid}\n`);
    const hosts = [open(), open()];
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => hosts[n % 2]?.run(['ip', 'netns', 'add', `g${n}`])),
    );
    expect(open().state.namespaces).toHaveLength(40);
    expect(readdirSync(join(folder, 'sim'))).toEqual(['alpha.json']);
  });

  it('one waits while another holds the lock', async () => {
    mkdirSync(join(folder, 'sim'));
    const holder = spawn('sh', ['-c', 'sleep 0.3; rm "$0"', `${stateFile}.lock`]);
    writeFileSync(`${stateFile}.lock`, `${holder.pid}\n`);
    await open().run(['true']);
    expect(open().state.log).toHaveLength(1);
  });
});

describe('a reboot', () => {
  it('clears everything but files, the firmware’s settings and the log', async () => {
    const host = memorySim();
    const bootId = await host.readFile('/proc/sys/kernel/random/boot_id');
    await makeVfs(host, 2);
    await does(host, 'ip netns add g1', 'systemd-run --on-active=60 true');
    await host.run(['mkdir', '-p', '/etc/vflane']);
    await host.writeFile('/etc/vflane/fabric.yaml', 'name: a\n');
    reboot(host.state);
    expect(await host.readFile(`${pf0}/sriov_numvfs`)).toBe('0\n');
    expect(await host.readFile(`${pf0}/sriov_drivers_autoprobe`)).toBe('1\n');
    expect(await host.readFile('/proc/sys/kernel/random/boot_id')).not.toBe(bootId);
    expect(await host.readFile('/etc/vflane/fabric.yaml')).toBe('name: a\n');
    expect((await tell(host, 'ip netns list')).stdout).toBe('');
    expect(host.state.timers).toEqual([]);
    expect(host.state.log.length).toBeGreaterThan(5);
    await does(host, 'reboot');
    expect(host.state.boots).toBe(2);
  });

  it('is not a reset, which is a brand-new host', async () => {
    const host = memorySim();
    const bootId = await host.readFile('/proc/sys/kernel/random/boot_id');
    await host.run(['mkdir', '-p', '/etc/vflane']);
    await host.writeFile('/etc/vflane/x', '1');
    reset(host.state);
    expect(host.state.log).toEqual([]);
    expect((await refusal(host.readFile('/etc/vflane/x'))).errno).toBe('ENOENT');
    expect(await host.readFile('/proc/sys/kernel/random/boot_id')).not.toBe(bootId);
  });
});

describe('unplugging', () => {
  it('a port takes its carrier and its VFs’', async () => {
    const host = memorySim();
    await does(host, `ip link set ${netdev0} up`);
    unplug(host.state, 'port0');
    expect((await linkRecord(host, netdev0)).flags).toContain('NO-CARRIER');
    plug(host.state, 'port0');
    expect((await linkRecord(host, netdev0)).operstate).toBe('UP');
  });

  it('the card removes every function, and plugging it in brings bare ones', async () => {
    const host = memorySim();
    await makeVfs(host, 2);
    unplug(host.state, 'card');
    expect(await host.listDir('/sys/class/net')).toEqual(['eno1', 'lo']);
    expect((await refusal(host.readFile(`${pf0}/sriov_numvfs`))).errno).toBe('ENOENT');
    plug(host.state, 'card');
    expect(await host.readFile(`${pf0}/sriov_numvfs`)).toBe('0\n');
  });
});

it('has room for 254 VFs, set in one batch', async () => {
  const host = openSim({ stateFile, name: 'alpha', numOfVfs: 127 });
  await makeVfs(host, 127);
  const lines = [netdev0, 'enp3s0f1np1'].flatMap((pf) =>
    Array.from(
      { length: 127 },
      (_, vf) =>
        `link set dev ${pf} vf ${vf} mac 02:00:00:00:00:${(vf + 1).toString(16)} vlan 40 spoofchk on trust off`,
    ),
  );
  await host.run(['ip', '-batch', '-'], { stdin: `${lines.join('\n')}\n` });
  expect(await vfRecord(host, 'enp3s0f1np1', 126)).toMatchObject({ vlan_list: [{ vlan: 40 }] });
});
