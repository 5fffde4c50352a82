import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheFolder } from '../src/lab/cache.ts';
import type { LabRecord } from '../src/lab/folder.ts';
import { freePorts } from '../src/lab/free-port.ts';
import { imageAt } from '../src/lab/image.ts';
import { labDown, labUp } from '../src/lab/lab.ts';
import { processesNaming } from '../src/lab/process.ts';
import { type Ran, run } from '../src/lab/run.ts';
import { type Snapshot, snapshotOf } from '../src/lab/snapshot.ts';
import { poll } from '../src/lab/wait.ts';
import { installInto, startGuard } from './support/lab-host.ts';

/** The lab's verbs from the command line, each checked against the hosts' own kernels. */
const fabric = `name: two
networks:
  storage: { id: 42 }
hosts:
  left:  { connect: lab:alpha, datapath: legacy-vlan, nic: "0000:01:00" }
  right: { connect: lab:beta, datapath: legacy-vlan, nic: "0000:01:00" }
`;

const folder = mkdtempSync(join(tmpdir(), 'vflane-lab-'));
const lab = join(folder, '.vflane/lab');
const tool = join(folder, 'tool/bin/vflane');

function vflane(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return run([tool, ...words], { timeoutMs: 300_000, cwd: folder, env: { NO_COLOR: '1', ...env } });
}

async function expectLab(code: number, ...words: readonly string[]): Promise<Ran> {
  const ran = await vflane(['lab', ...words]);
  expect(ran, `lab ${words.join(' ')}: ${ran.stdout}${ran.stderr}`).toMatchObject({ code });
  return ran;
}

/** The output of a shell line on a host; a failing one fails the test. */
async function on(host: string, line: string): Promise<string> {
  const ran = await run(['ssh', '-F', join(lab, 'ssh_config'), host, line], { timeoutMs: 60_000 });
  expect({ host, line, ...ran }).toMatchObject({ code: 0 });
  return ran.stdout.trim();
}

const reaches = async (from: string, address: string) => {
  const line = `ping -c 2 -i 0.2 -W 1 ${address} >/dev/null && echo yes || echo no`;
  return (await on(from, line)) === 'yes';
};

const carrier = (host: string, netdev: string) => on(host, `cat /sys/class/net/${netdev}/carrier`);
const pidOf = (host: string) => Number(readFileSync(join(lab, host, 'qemu.pid'), 'utf8'));
const running = (dir: string) => processesNaming(dir, (words) => words.includes('-pidfile'));

async function status(): Promise<{ readonly hosts: readonly { name: string }[]; readonly switch?: unknown }> {
  return JSON.parse((await expectLab(0, 'status', '--json')).stdout);
}

let guard: ReturnType<typeof startGuard>;
beforeAll(async () => {
  installInto(folder);
  guard = startGuard(folder);
  writeFileSync(join(folder, 'two.yaml'), fabric);
  const ran = await vflane(['lab', 'up', 'two.yaml']);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  // For the tests: a VF on alpha, and an address on port 0 of both hosts.
  const address = (n: number) => `ip link set enp1s0f0 up; ip addr add 10.9.0.${n}/24 dev enp1s0f0`;
  const vf =
    'echo 1 > /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs; udevadm settle; ip link set enp1s0f0v0 up';
  await Promise.all([on('alpha', `${address(1)}; ${vf}`), on('beta', address(2))]);
});

afterAll(async () => {
  const gone = new Promise((done) => {
    guard.once('exit', done);
  });
  guard.stdin?.end();
  await gone;
});

/** Puts alpha's snapshot into another cache, with its end cut off. */
function damagedSnapshot(cache: string): Snapshot {
  const { accel, image, qemu } = JSON.parse(readFileSync(join(lab, 'lab.json'), 'utf8')) as LabRecord;
  const of = { system: [], img: [], env: {}, version: qemu };
  const at = (root: string) => {
    const machine = {
      name: 'alpha',
      index: 0,
      sshPort: 0,
      accel,
      memoryMb: 1024,
      image: imageAt(root, image),
    };
    return snapshotOf(root, lab, of, machine);
  };
  const damaged = at(cache);
  cpSync(at(cacheFolder()).folder, damaged.folder, { recursive: true });
  truncateSync(damaged.memory, 1e6);
  return damaged;
}

describe('a lab that is up', () => {
  it('has the file’s hosts, under the names it connects to, on two live switches', async () => {
    expect(await status()).toMatchObject({
      hosts: [
        { name: 'alpha', state: 'up', cables: ['joined', 'joined'] },
        { name: 'beta', state: 'up' },
      ],
      switches: 'up',
      switch: { A: 'alive', B: 'alive' },
      starting: false,
    });
    expect((await expectLab(4, 'up')).stderr).toContain('LAB_ALREADY_UP');
  });

  it('passes on a command’s words and its exit code', async () => {
    const { stdout } = await expectLab(0, 'ssh', 'alpha', '--', 'printf', '%s|', 'a b', "it's", '$HOME');
    expect(stdout).toBe("a b|it's|$HOME|");
    expect((await expectLab(0, 'ssh', 'beta', 'hostname | tr a-z A-Z')).stdout).toBe('BETA\n');
    await expectLab(3, 'ssh', 'alpha', '--', 'sh', '-c', 'exit 3');
  });
});

describe('a cable', () => {
  it('that is cut takes the carrier, even from the VFs, and says how', async () => {
    expect(await reaches('alpha', '10.9.0.2')).toBe(true);
    await poll(10_000, 300, async () => (await carrier('alpha', 'enp1s0f0v0')) === '1');
    expect((await expectLab(0, 'cable', 'alpha', '0', 'cut')).stdout).toMatch(
      /alpha port 0: cut, no carrier\nenp1s0f0 is down too: the emulated VFs do not see/,
    );
    const isOff = async () => (await carrier('alpha', 'enp1s0f0v0')) === '0';
    expect(await poll(15_000, 300, isOff)).toBe(true);
    // Taken up by hand, it still has no carrier: the cable is out, the PF is not merely down.
    await on('alpha', 'ip link set enp1s0f0 up; sleep 3');
    expect(await carrier('alpha', 'enp1s0f0')).toBe('0');
    expect(await status()).toMatchObject({ hosts: [{ cables: ['cut', 'joined'] }, {}] });
  });

  it('of a port without VFs leaves the PF up', async () => {
    expect((await expectLab(0, 'cable', 'beta', '0', 'cut')).stdout).toBe('beta port 0: cut, no carrier\n');
    expect(await poll(10_000, 300, async () => (await carrier('beta', 'enp1s0f0')) === '0')).toBe(true);
  });

  it('that is joined carries again', async () => {
    await expectLab(0, 'cable', 'alpha', '0', 'join');
    await expectLab(0, 'cable', 'beta', '0', 'join', '--json');
    expect(await poll(20_000, 500, () => reaches('alpha', '10.9.0.2'))).toBe(true);
  });
});

describe('a switch', () => {
  it('that is dead passes nothing behind a live carrier, until it is alive again', async () => {
    await expectLab(0, 'switch', 'A', 'dead');
    expect(await reaches('alpha', '10.9.0.2')).toBe(false);
    expect([await carrier('alpha', 'enp1s0f0'), await carrier('beta', 'enp1s0f0')]).toEqual(['1', '1']);
    expect((await status()).switch).toEqual({ A: 'dead', B: 'alive' });
    await expectLab(0, 'switch', 'A', 'alive');
    expect(await poll(10_000, 300, () => reaches('alpha', '10.9.0.2'))).toBe(true);
  });

  it('whose program dies is reported, and both are restarted under running hosts', async () => {
    await expectLab(0, 'cable', 'beta', '1', 'cut');
    process.kill(Number(readFileSync(join(lab, 'switch.pid'), 'utf8')), 'SIGKILL');
    const isDown = async () =>
      /^switches: died, .*switch A alive/m.test((await vflane(['lab', 'status'])).stdout);
    expect(await poll(10_000, 100, isDown)).toBe(true);
    expect(await reaches('alpha', '10.9.0.2')).toBe(false);
    expect((await expectLab(4, 'switch', 'B', 'dead')).stderr).toContain(
      '`vflane lab switch A alive` starts both',
    );
    await expectLab(0, 'switch', 'A', 'alive');
    expect(await poll(20_000, 300, () => reaches('alpha', '10.9.0.2'))).toBe(true);
    expect(await status()).toMatchObject({
      hosts: [{}, { cables: ['joined', 'cut'] }],
      switch: { A: 'alive', B: 'alive' },
    });
    await on('beta', 'ip link set enp1s0f1 up; sleep 3');
    expect(await carrier('beta', 'enp1s0f1')).toBe('0');
    await expectLab(0, 'cable', 'beta', '1', 'join');
  });

  it('shows incoming frames, as text and as a file', async () => {
    const going = on('alpha', 'timeout 60 ping -i 0.2 10.9.0.2 >/dev/null || true');
    const [text, file] = await Promise.all([
      expectLab(0, 'capture', 'A', '--count', '6', '--for', '30s'),
      expectLab(0, 'capture', 'A', '-w', 'a.pcap', '--count', '4', '--for', '30s', '--json'),
    ]);
    await on('alpha', 'pkill -INT -x ping; true');
    await going;
    expect(text.stdout).toMatch(/IPv4 .*10\.9\.0\.1 > 10\.9\.0\.2: ICMP echo request/);
    expect(JSON.parse(file.stdout)).toMatchObject({
      switch: 'A',
      frames: 4,
      ended: 'frames',
      file: 'a.pcap',
    });
    expect(readFileSync(join(folder, 'a.pcap')).readUInt32LE(0)).toBe(0xa1b2c3d4);
  });
});

describe('two labs at once', () => {
  it('do not know of each other', async () => {
    const second = { VFLANE_STATE_DIR: join(folder, 'second') };
    const up = await vflane(['lab', 'up', '--hosts', '1'], second);
    expect(up, up.stderr).toMatchObject({ code: 0 });
    const seen = await vflane(['lab', 'ssh', 'alpha', 'ip -br addr show enp1s0f0'], second);
    expect(seen.stdout).not.toContain('10.9.0.1');
    expect(await vflane(['lab', 'down', '--purge'], second)).toMatchObject({ code: 0 });
    expect(existsSync(join(folder, 'second/lab'))).toBe(false);
    expect(await reaches('alpha', '10.9.0.2')).toBe(true);
  });
});

describe('a host', () => {
  it('that died is reported, and a power cycle brings it back with its disk and its cut cable; another reboots', async () => {
    await expectLab(0, 'cable', 'beta', '1', 'cut');
    await on('beta', 'echo kept > /root/kept; sync');
    process.kill(pidOf('beta'), 'SIGKILL');
    await poll(5_000, 50, () => running(lab).length === 1);
    expect(await status()).toMatchObject({ hosts: [{ state: 'up' }, { name: 'beta', state: 'stopped' }] });
    expect((await expectLab(4, 'ssh', 'beta', 'true')).stderr).toContain('vflane lab power-cycle beta');
    const boot = (host: string) => on(host, 'cat /proc/sys/kernel/random/boot_id');
    const before = await boot('alpha');
    await Promise.all([expectLab(0, 'power-cycle', 'beta'), expectLab(0, 'reboot', 'alpha')]);
    expect(await boot('alpha')).not.toBe(before);
    expect(await on('alpha', 'cat /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs')).toBe('0');
    expect(await on('beta', 'cat /root/kept; ip link set enp1s0f1 up; sleep 3')).toBe('kept');
    expect(await carrier('beta', 'enp1s0f1')).toBe('0');
    const late = Math.abs(Number(await on('alpha', 'date +%s')) - Date.now() / 1000);
    expect(late).toBeLessThan(5);
  });
});

describe('lab down', () => {
  it('stops everything, twice, even with a damaged record', async () => {
    writeFileSync(join(lab, 'lab.json'), 'spoilt');
    await expectLab(0, 'down');
    expect(running(lab)).toEqual([]);
    expect((await expectLab(0, 'down')).stdout).toBe('nothing was running\n');
  });
});

describe('lab up', () => {
  it('that is interrupted stops what it had started', async () => {
    const going = vflane(['lab', 'up']);
    await poll(30_000, 10, () => running(lab).length > 0);
    expect(await vflane(['lab', 'down'])).toMatchObject({ code: 0 });
    expect(await going).toMatchObject({ code: 1, stderr: expect.stringContaining('LAB_INTERRUPTED') });
    expect(running(lab)).toEqual([]);
  });

  it('whose host does not answer in time says so, and leaves nothing running but keeps the snapshot', async () => {
    const saved = () => readdirSync(cacheFolder()).filter((name) => /^snapshot-alpha-[0-9a-f]+$/.test(name));
    const before = saved();
    expect((await expectLab(8, 'up', '--within', '1s')).stderr).toContain('LAB_BOOT_TIMEOUT');
    expect(running(lab)).toEqual([]);
    expect(saved()).toEqual(before);
  });

  it('takes another port if one was taken meanwhile', async () => {
    const taken = createServer();
    await new Promise<void>((done) => {
      taken.listen(0, '127.0.0.1', done);
    });
    const address = taken.address();
    const first = [[typeof address === 'object' && address ? address.port : 0]];
    const lines: string[] = [];
    const up = await labUp({
      dir: lab,
      hosts: ['alpha'],
      onProgress: (line) => lines.push(line),
      serveSwitches: [tool, 'lab', 'serve-switches'],
      sshPorts: async (count) => first.shift() ?? freePorts(count),
    });
    taken.close();
    expect(lines.join('\n')).toMatch(/port \d+ for alpha was taken meanwhile; trying others/);
    expect(up.hosts).toEqual([{ name: 'alpha', sshPort: expect.any(Number) }]);
    await labDown({ dir: lab });
  });

  it('boots if the snapshot is damaged or another QEMU’s, and saves a new one', async () => {
    const cache = join(folder, 'cache/lab');
    mkdirSync(cache, { recursive: true });
    for (const name of readdirSync(cacheFolder()))
      if (/^(image|qemu|key|accel)-[^.]*$/.test(name))
        symlinkSync(join(cacheFolder(), name), join(cache, name));
    const { memory } = damagedSnapshot(cache);
    const former = join(cache, 'snapshot-alpha-0123456789ab');
    mkdirSync(former);
    writeFileSync(join(former, 'about.json'), '{"image":"x","qemu":"8.0"}');
    const ran = await vflane(['lab', 'up', '--hosts', '1'], { VFLANE_CACHE_DIR: join(folder, 'cache') });
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(ran.stderr).toMatch(/alpha: its snapshot does not start, so it boots\n.*(.*\n)*.*alpha is saved/);
    expect(existsSync(former)).toBe(false);
    expect(statSync(memory).size).toBeGreaterThan(1e7);
  });
});
