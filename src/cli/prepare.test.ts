import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openSim, simOptions } from '../sim/open-sim.ts';
import { endOf } from './ending.ts';
import { runProgram } from './program.ts';
import { simExec, simFail, simLog } from './sim.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-prepare-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fabric = (datapath: string, connect = 'sim:connectx5/debian-13-rebuilt') => `name: rack7
networks:
  storage: { id: 42, subnet: 192.168.10.0/24 }
hosts:
  alpha:
    connect: ${connect}
    datapath: ${datapath}
    nic: "0000:03:00"
    underlay: 192.168.9.2/24
    guests:
      web: { netns: true, networks: { storage: 192.168.10.2/24 } }
`;

let states = 0;

/** A simulated host of its own. */
function rack(text: string) {
  const name = `fabric-${states}.yaml`;
  const env = { VFLANE_STATE_DIR: join(folder, `state-${states++}`) };
  writeFileSync(join(folder, name), text);
  const vflane = async (line: string) => {
    const said = { stdout: '', stderr: '' };
    const sink = (to: 'stdout' | 'stderr') => ({
      write: (some: string) => {
        said[to] += some;
      },
    });
    const around = { env, cwd: folder, stdout: sink('stdout'), stderr: sink('stderr') };
    const code = await runProgram(['-f', name, ...line.split(' ')], around).catch((error: unknown) => {
      const end = endOf(error, false);
      said.stderr += end.text;
      return end.code;
    });
    return { code, ...said };
  };
  /** The host itself, without vflane. */
  const machine = () => {
    const stateFile = join(env.VFLANE_STATE_DIR, 'sim/alpha.json');
    const [, card = '', kernel = 'debian-13'] = /sim:(\w+)(?:\/(\S+))?/.exec(text) ?? [];
    return openSim({ stateFile, ...as(card, kernel) });
  };
  return Object.assign(vflane, { machine, on: (line: string) => simExec(machine(), line.split(' ')) });
}

const as = (card: string, kernel: string) => {
  const options = simOptions('alpha', { card, kernel, numOfVfs: 16 });
  if ('wrong' in options) throw new Error(options.wrong);
  return options;
};

const installedIn = async (vflane: ReturnType<typeof rack>) =>
  (await vflane.on('dpkg-query -W')).stdout
    .split('\n')
    .map((line) => line.split('\t')[0])
    .sort();

describe('packages', () => {
  test('nothing is to be done on a host that has them', async () => {
    expect(await rack(fabric('ovs-tc'))('prepare')).toEqual({
      code: 0,
      stdout: 'alpha: nothing to do\n',
      stderr: '',
    });
  });

  test('what is missing is shown with what comes along, and nothing is installed', async () => {
    const vflane = rack(fabric('ovs-tc'));
    await vflane.on('apt-get remove openvswitch-common ethtool');
    const { code, stdout } = await vflane('prepare --json');
    const { hosts } = JSON.parse(stdout);
    expect({ code, at: hosts[0].steps[0].at }).toEqual({
      code: 2,
      at: 'ethtool,openvswitch-common,openvswitch-switch',
    });
    expect(hosts[0].steps[0].actions[0].run.slice(-3)).toEqual(['install', 'ethtool', 'openvswitch-switch']);
    expect(await installedIn(vflane)).not.toContain('ethtool');
  });

  test('--yes installs them, apply and destroy go their way, and undo takes away only these', async () => {
    const vflane = rack(fabric('ovs-tc'));
    await vflane.on('apt-get remove openvswitch-common ethtool');
    const before = await installedIn(vflane);
    expect(await vflane('prepare --yes')).toMatchObject({ code: 0 });
    expect((await vflane.on('apt-mark showauto')).stdout).toBe('openvswitch-common\n');
    expect(await vflane('prepare')).toMatchObject({ code: 0, stdout: 'alpha: nothing to do\n' });
    expect(await vflane('apply --yes')).toMatchObject({ code: 0 });
    expect(await installedIn(vflane)).toEqual(expect.arrayContaining(['ethtool', 'openvswitch-switch']));
    expect(await vflane('verify')).toMatchObject({ code: 0 });
    expect(await vflane('undo --yes')).toMatchObject({ code: 0 });
    expect(await vflane('undo --yes')).toMatchObject({ code: 0 });
    expect(await installedIn(vflane)).toEqual(before);
  });

  test('destroy takes the network away first, and them when it is said again', async () => {
    const vflane = rack(fabric('ovs-tc'));
    await vflane.on('apt-get remove openvswitch-common ethtool');
    const before = await installedIn(vflane);
    expect(await vflane('prepare --yes')).toMatchObject({ code: 0 });
    expect(await vflane('apply --yes')).toMatchObject({ code: 0 });
    const first = await vflane('destroy --yes');
    expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining('info VF2236') });
    expect(await installedIn(vflane)).toContain('openvswitch-switch');
    const second = await vflane('destroy --yes');
    expect({ code: second.code, told: second.stderr.includes('VF2236') }).toEqual({ code: 0, told: false });
    expect(await installedIn(vflane)).toEqual(before);
  });

  test.each([false, true])(
    'what apt could not bring leaves nothing behind (after its effect: %s)',
    async (after) => {
      const vflane = rack(fabric('ovs-tc'));
      await vflane.on('apt-get remove openvswitch-common ethtool');
      const before = await installedIn(vflane);
      await simFail(vflane.machine(), { at: 1, after, how: 'error' });
      expect(await vflane('prepare --yes')).toMatchObject({ code: 5 });
      expect(await installedIn(vflane)).toEqual(before);
    },
  );

  test('one that somebody else has come to need stays, and is told', async () => {
    const vflane = rack(fabric('ovs-tc'));
    await vflane.on('apt-get remove openvswitch-common');
    expect(await vflane('prepare --yes')).toMatchObject({ code: 0 });
    await vflane.on('apt-get install openvswitch-switch-dpdk');
    const { code, stdout } = await vflane('undo --yes');
    expect({ code, stdout }).toMatchObject({ code: 5, stdout: expect.stringContaining('depends on') });
    expect(await installedIn(vflane)).toContain('openvswitch-switch');
  });
});

describe('the kernel', () => {
  test('one without tc offload is told with both ways out, and neither is in the plan', async () => {
    const { code, stdout } = await rack(fabric('ovs-tc', 'sim:connectx5'))('prepare');
    expect(code).toBe(0);
    expect(stdout).toContain('warning VF2232');
    expect(stdout).toContain('scripts/config --enable NET_TC_SKB_EXT');
    expect(stdout).toContain('https://developer.nvidia.com/doca-downloads');
    expect(stdout.split('\n')[0]).toBe('alpha: nothing to do');
  });

  test.each(['sim:connectx5/debian-13-rebuilt', 'sim:connectx5/debian-12', 'sim:connectx5/doca'])(
    'one that can is not: %s',
    async (connect) => {
      const { stdout } = await rack(fabric('ovs-tc', connect))('prepare --json');
      expect(JSON.parse(stdout)).toMatchObject({ hosts: [{ recipes: [] }], findings: [] });
    },
  );
});

describe('the next start', () => {
  test('hugepages for DPDK are asked for where GRUB reads it, and are gone with the undo', async () => {
    const vflane = rack(fabric('ovs-dpdk'));
    const { code, stdout } = await vflane('prepare --yes');
    expect({ code, stdout }).toMatchObject({ code: 0 });
    const written = 'cat /etc/default/grub.d/vflane.cfg';
    expect((await vflane.on(written)).stdout).toMatch(
      /^GRUB_CMDLINE_LINUX="\$GRUB_CMDLINE_LINUX hugepagesz=2M hugepages=(\d:)?\d+"$/m,
    );
    expect(simLog(vflane.machine())).toMatchObject({
      commands: expect.arrayContaining([expect.objectContaining({ run: ['update-grub'], ok: true })]),
    });
    expect((await vflane('prepare')).stdout).toContain('warning VF2230');
    expect(await vflane('undo --yes')).toMatchObject({ code: 0 });
    expect(await vflane.on(written)).toMatchObject({ code: 1 });
  });
});
