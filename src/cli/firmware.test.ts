import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openSim, simOptions } from '../sim/open-sim.ts';
import { endOf } from './ending.ts';
import { runProgram } from './program.ts';
import { simExec, simLog } from './sim.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-firmware-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Rack {
  readonly datapath?: string;
  readonly vfs?: number;
  /** NUM_OF_VFS that the card was bought with. */
  readonly has?: number;
  readonly nic?: string;
}

const fabric = ({ datapath = 'legacy-vlan', vfs = 16, has = 16, nic = '"0000:03:00"' }: Rack) => `name: rack7
networks:
  storage: { id: 42, subnet: 192.168.10.0/24 }
hosts:
  alpha:
    connect: sim:connectx5/debian-13-rebuilt?num-of-vfs=${has}
    datapath: ${datapath}
    nic: ${nic}
    vfs: ${vfs}
${datapath === 'legacy-vlan' ? '' : '    underlay: 192.168.9.2/24\n'}    guests:
      web: { netns: true, networks: { storage: 192.168.10.2/24 } }
`;

const newer = '/root/fw-ConnectX5-rel-16_35_8002-MCX516A-CDA_Ax_Bx.bin';
const older = '/root/fw-ConnectX5-rel-16_31_2006-MCX516A-CDA_Ax_Bx.bin';
const another = '/root/fw-ConnectX5-rel-16_35_8002-MCX512A-ACA_Ax_Bx.bin';

let states = 0;

/** A simulated host of its own. */
function rack(options: Rack = {}) {
  const name = `fabric-${states}.yaml`;
  const env = { VFLANE_STATE_DIR: join(folder, `state-${states++}`) };
  writeFileSync(join(folder, name), fabric(options));
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
  const machine = () => {
    const stateFile = join(env.VFLANE_STATE_DIR, 'sim/alpha.json');
    const made = simOptions('alpha', {
      card: 'connectx5',
      kernel: 'debian-13-rebuilt',
      numOfVfs: options.has ?? 16,
    });
    if ('wrong' in made) throw new Error(made.wrong);
    return openSim({ stateFile, ...made });
  };
  return Object.assign(vflane, {
    machine,
    on: (line: string) => simExec(machine(), line.split(' ')),
    /** What the host was asked to change, in order. */
    asked: () => {
      const { commands } = simLog(machine()) as {
        readonly commands: readonly { readonly run?: readonly string[] }[];
      };
      return commands.map(({ run }) => (run ?? []).join(' '));
    },
  });
}

interface Said {
  readonly code: number;
  readonly hosts: readonly unknown[];
  readonly findings: readonly { readonly code: string; readonly message: string; readonly hint: string }[];
}

async function json(vflane: ReturnType<typeof rack>, line: string): Promise<Said> {
  const { code, stdout } = await vflane(`${line} --json`);
  return { code, ...(JSON.parse(stdout) as Omit<Said, 'code'>) };
}

const codesOf = ({ code, findings }: Said) => [code, ...findings.map((one) => one.code)];
const kept = '/var/lib/vflane/firmware';

describe('show', () => {
  test('says board, versions, settings and resets, and where images are', async () => {
    const { code, hosts } = await json(rack(), 'firmware show');
    expect({ code, hosts }).toMatchObject({
      code: 0,
      hosts: [
        {
          host: 'alpha',
          cards: [
            {
              at: '0000:03:00.0',
              ports: ['0000:03:00.0', '0000:03:00.1'],
              model: 'ConnectX-5 Ex',
              part: 'MCX516A-CDA_Ax_Bx',
              flash: { psid: 'MT_0000000013', flashed: '16.35.4554', running: '16.35.4554' },
              settings: {
                SRIOV_EN: { now: 1, next: 1 },
                NUM_OF_VFS: { now: 16, next: 16 },
                LAG_RESOURCE_ALLOCATION: { next: 0 },
                NUM_VF_MSIX: { next: 11 },
                VF_LOG_BAR_SIZE: { next: 0 },
              },
              pending: [],
              budget: { vfs: 16, ports: 2, vectors: 2 * (63 + 16 * 11), vfMib: 32 },
              page: 'https://network.nvidia.com/support/firmware/connectx5en/',
            },
          ],
        },
      ],
    });
  });

  test('of a host that no file names, by the way to it', async () => {
    const { code, stdout } = await rack()('firmware show sim:connectx5');
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('PSID MT_0000000013'),
    });
  });

  test('changes nothing, and neither does plan', async () => {
    const vflane = rack({ vfs: 32 });
    await vflane('firmware show');
    await vflane(`firmware plan --image ${newer}`);
    expect(vflane.asked()).toEqual([]);
  });
});

describe('the number of VFs', () => {
  test('is raised to the pool of the file, the settings kept before, and counts after a restart', async () => {
    const vflane = rack({ vfs: 32 });
    const planned = await json(vflane, 'firmware plan');
    expect(codesOf(planned)).toEqual([2, 'VF2212', 'VF2216']);
    expect(planned.findings[1]).toMatchObject({
      message: 'alpha: 0000:03:00.0: NUM_OF_VFS 16 → 32 will be pending',
      hint: expect.stringContaining('Restart the host'),
    });
    const applied = await json(vflane, 'firmware apply --yes');
    expect(codesOf(applied)).toEqual([0, 'VF2216']);
    expect(applied.findings[0]?.message).toContain('NUM_OF_VFS 16 → 32 is pending');
    expect(vflane.asked()).toEqual([
      `mkdir -p ${kept}`,
      `mstconfig -d 0000:03:00.0 -f ${kept}/0000:03:00.0-SRIOV_EN=1-NUM_OF_VFS=16.conf backup`,
      'mstconfig -d 0000:03:00.0 -y set NUM_OF_VFS=32',
    ]);
    const waiting = await json(vflane, 'firmware plan');
    expect(codesOf(waiting)).toEqual([0, 'VF2216']);
    expect((await vflane('firmware show')).stdout).toContain('16 now, 32 next');
    await vflane('sim reboot alpha');
    expect(codesOf(await json(vflane, 'firmware plan'))).toEqual([0]);
    expect((await vflane.on('cat /sys/bus/pci/devices/0000:03:00.0/sriov_totalvfs')).stdout).toBe('32\n');
  });

  test('SR-IOV that is off is switched on, and VFs exist after the restart', async () => {
    const vflane = rack({ vfs: 8 });
    await vflane.on('mstconfig -d 03:00.0 -y set SRIOV_EN=0');
    await vflane('sim reboot alpha');
    expect(await vflane('plan')).toMatchObject({ code: 4, stdout: expect.stringContaining('VF2003') });
    expect(await vflane('firmware apply --yes')).toMatchObject({ code: 0 });
    await vflane('sim reboot alpha');
    expect(await vflane('plan')).toMatchObject({ code: 2 });
  });

  test('undo sets it back, destroy leaves it: it is the card’s', async () => {
    const vflane = rack({ has: 4, vfs: 6 });
    await vflane('firmware apply --yes');
    await vflane('sim reboot alpha');
    await vflane('apply --yes');
    expect(await vflane('destroy --yes')).toMatchObject({ code: 0 });
    expect(await vflane('destroy --yes')).toMatchObject({ code: 0 });
    expect((await vflane('firmware show')).stdout).toMatch(/NUM_OF_VFS +6$/m);
    const other = rack({ has: 4, vfs: 6 });
    await other('firmware apply --yes');
    await other('sim reboot alpha');
    expect(await other('undo --yes')).toMatchObject({ code: 0 });
    expect((await other('firmware show')).stdout).toContain('6 now, 4 next');
  });

  test('is never lowered by itself, but for a LAG, and --vfs is exact', async () => {
    expect(codesOf(await json(rack({ has: 100 }), 'firmware plan'))).toEqual([0]);
    const paired = await json(rack({ has: 100, datapath: 'ovs-tc' }), 'firmware plan');
    expect(codesOf(paired)).toEqual([2, 'VF2217', 'VF2216']);
    expect(JSON.stringify(paired.hosts)).toContain('NUM_OF_VFS=64');
    const exact = await json(rack({ has: 100 }), 'firmware plan --vfs 24');
    expect(JSON.stringify(exact.hosts)).toContain('NUM_OF_VFS=24');
  });

  test.each([
    ['more than a LAG can have', { datapath: 'ovs-tc' }, 'firmware plan --vfs 65', 'VF2211'],
    ['more than the card has', {}, 'firmware plan --vfs 128', 'VF2214'],
    ['fewer than the pool', {}, 'firmware plan --vfs 4', 'VF2218'],
  ])('%s is refused, and nothing is planned', async (_what, options, line, code) => {
    const said = await json(rack(options), line);
    expect(codesOf(said)).toEqual([4, code]);
    expect(said.hosts).toMatchObject([{ steps: [] }]);
  });

  test('beyond what the BIOS gave the slot is warned of, with the way out', async () => {
    const said = await json(rack(), 'firmware plan --vfs 127');
    expect(codesOf(said)).toEqual([2, 'VF2213', 'VF2216']);
    expect(said.findings[0]?.hint).toContain('Above 4G decoding');
  });
});

describe('an image', () => {
  test('is burnt after the old one was read out; it runs after a restart; undo burns the old one back', async () => {
    const vflane = rack();
    expect(await vflane(`firmware apply --image ${newer} --yes`)).toMatchObject({ code: 0 });
    expect(vflane.asked()).toEqual([
      `mkdir -p ${kept}`,
      `mstconfig -d 0000:03:00.0 -f ${kept}/0000:03:00.0-SRIOV_EN=1-NUM_OF_VFS=16.conf backup`,
      `mstflint -d 0000:03:00.0 ri ${kept}/MT_0000000013-16.35.4554.bin`,
      `mstflint -i ${kept}/MT_0000000013-16.35.4554.bin v`,
      `cp -- ${newer} ${kept}/MT_0000000013-16.35.8002.bin`,
      `mstflint -i ${kept}/MT_0000000013-16.35.8002.bin v`,
      `mstflint -d 0000:03:00.0 -i ${kept}/MT_0000000013-16.35.8002.bin -y burn`,
    ]);
    const waiting = await json(vflane, `firmware plan --image ${newer}`);
    expect(codesOf(waiting)).toEqual([0, 'VF2209', 'VF2216']);
    expect(waiting.findings[1]).toMatchObject({
      message: expect.stringContaining('firmware 16.35.4554 → 16.35.8002 is pending'),
      hint: expect.stringContaining('--reset'),
    });
    await vflane('sim reboot alpha');
    expect((await vflane('firmware show')).stdout).toContain('16.35.8002, running and flashed');
    expect(await vflane('undo --yes')).toMatchObject({ code: 0 });
    expect((await vflane('firmware show')).stdout).toContain('16.35.8002 running, 16.35.4554 flashed');
  });

  test('is burnt only where --yes was said, by a plan of a file too', async () => {
    const vflane = rack();
    expect(await vflane(`firmware apply --image ${newer}`)).toMatchObject({ code: 64 });
    expect(await vflane(`firmware plan --image ${newer} -o burn-${states}.json`)).toMatchObject({ code: 2 });
    expect(await vflane(`apply burn-${states}.json`)).toMatchObject({ code: 64 });
    expect(vflane.asked()).toEqual([]);
    expect(await vflane(`apply burn-${states}.json --yes`)).toMatchObject({ code: 0 });
    expect(vflane.asked().at(-1)).toContain('burn');
    expect(JSON.parse(readFileSync(join(folder, `burn-${states}.json`), 'utf8')).schema).toBe(
      'vflane.plan/1',
    );
  });

  test('that is older is said to be, and burnt', async () => {
    const vflane = rack();
    const said = await json(vflane, `firmware plan --image ${older}`);
    expect(codesOf(said)).toEqual([2, 'VF2210', 'VF2216']);
    expect(await vflane(`firmware apply --image ${older} --yes`)).toMatchObject({ code: 0 });
    expect((await vflane('firmware show')).stdout).toContain('16.31.2006 flashed');
  });

  test.each([
    ['of another board', another, 'VF2208', 'MT_0000000080'],
    ['that is not there', '/root/none.bin', 'VF2207', 'No such file'],
    ['that is none', '/etc/os-release', 'VF2207', 'Invalid Firmware Format'],
  ])('%s is refused, and nothing is touched', async (_what, file, code, words) => {
    const vflane = rack({ vfs: 32 });
    const said = await json(vflane, `firmware apply --image ${file} --yes`);
    expect(codesOf(said)).toEqual([4, code]);
    expect(said.findings[0]?.message).toContain(words);
    expect(vflane.asked()).toEqual([]);
  });

  test.each(['fw.bin', '../fw.bin', '/dev/watchdog', '/root/../dev/watchdog', '//proc/1/mem'])(
    '%s is not a path on the host',
    async (file) => {
      expect(await rack()(`firmware plan --image ${file}`)).toMatchObject({
        code: 64,
        stderr: expect.stringContaining('scp fw.bin root@HOST:/root/'),
      });
    },
  );
});

describe('--reset', () => {
  test('has a card that nobody uses run what was burnt', async () => {
    const vflane = rack();
    const { code, stdout } = await vflane(`firmware apply --image ${newer} --reset --yes`);
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(vflane.asked().at(-1)).toBe('mstfwreset -d 0000:03:00.0 -l 3 -y reset');
    expect((await vflane('firmware show')).stdout).toContain('16.35.8002, running and flashed');
  });

  test('is all that is left to do where something waits, and nothing where nothing does', async () => {
    const vflane = rack();
    expect(await vflane('firmware apply --reset --yes')).toMatchObject({
      code: 0,
      stdout: 'alpha: nothing to do\n',
    });
    await vflane(`firmware apply --image ${newer} --yes`);
    expect(await vflane('firmware apply --reset --yes')).toMatchObject({ code: 0 });
    expect((await vflane('firmware show')).stdout).toContain('16.35.8002, running and flashed');
  });

  test.each([
    ['VFs', ['tee /sys/bus/pci/devices/0000:03:00.1/sriov_numvfs'], '2', /03:00\.1 has 2 VFs/],
    [
      'an address',
      ['ip addr add 192.0.2.1/24 dev enp3s0f1np1'],
      '',
      /enp3s0f1np1 has the address 192\.0\.2\.1/,
    ],
    [
      'a bond',
      [
        'ip link add bond0 type bond',
        'ip link set dev enp3s0f0np0 down',
        'ip link set dev enp3s0f0np0 master bond0',
      ],
      '',
      /enp3s0f0np0 is a port of bond0/,
    ],
    ['a VLAN', ['ip link add link enp3s0f0np0 name v5 type vlan id 5'], '', /v5 stands on enp3s0f0np0/],
    ['a namespace', ['ip netns add n', 'ip link set dev enp3s0f0np0 netns n'], '', /may be in a namespace/],
  ])('is refused where %s would go', async (_what, lines, stdin, reason) => {
    const vflane = rack();
    for (const line of lines) await simExec(vflane.machine(), line.split(' '), stdin);
    const before = vflane.asked().length;
    const said = await json(vflane, `firmware apply --image ${newer} --reset --yes`);
    expect(codesOf(said)).toEqual([4, 'VF2215']);
    expect(said.findings[0]?.message).toMatch(reason);
    expect(vflane.asked().length).toBe(before);
  });

  test('is refused where vflane has set the card up', async () => {
    const vflane = rack({ has: 4, vfs: 4 });
    await vflane('apply --yes');
    const said = await json(vflane, `firmware apply --image ${newer} --reset --yes`);
    expect(codesOf(said)).toEqual([4, 'VF2215']);
    expect(said.findings[0]?.message).toContain('`vflane destroy` first');
    // Without a reset nothing of it is disturbed.
    expect(await vflane(`firmware apply --image ${newer} --yes`)).toMatchObject({ code: 0 });
    expect(await vflane('verify')).toMatchObject({ code: 0 });
  });
});

test('VFs that a reset brings are said to wait for the BIOS all the same', async () => {
  const said = await json(rack({ vfs: 32 }), `firmware plan --image ${newer} --reset`);
  expect(codesOf(said)).toEqual([2, 'VF2212', 'VF2216']);
  expect(said.findings[1]?.message).toMatch(/NUM_OF_VFS 16 → 32 counts for the card after its reset/);
});

test('a plan with a reset is made and carried out at once, and never kept', async () => {
  expect(await rack()('firmware plan --reset -o reset.json')).toMatchObject({ code: 64 });
});

describe('what cannot be asked', () => {
  test('a host without a card in the file', async () => {
    expect(codesOf(await json(rack({ nic: 'software', datapath: 'ovs-tc' }), 'firmware plan'))).toEqual([
      4,
      'VF2201',
    ]);
  });

  test('a card that is not there', async () => {
    const vflane = rack({ nic: '"0000:05:00"' });
    expect(codesOf(await json(vflane, 'firmware show'))).toEqual([4, 'VF2001']);
    expect(codesOf(await json(vflane, 'firmware plan'))).toEqual([4, 'VF2001', 'VF2001']);
  });
});

test('the plan as it is shown', async () => {
  const { stdout } = await rack({ vfs: 32 })(`firmware plan --image ${newer}`);
  expect(stdout.replace(/fabric-\d+/, 'fabric')).toMatchInlineSnapshot(`
    "alpha: 3 steps
      1. Save what the card holds, and the image to burn, before anything is written to the card.
         mkdir -p /var/lib/vflane/firmware
         mstconfig -d 0000:03:00.0 -f /var/lib/vflane/firmware/0000:03:00.0-SRIOV_EN=1-NUM_OF_VFS=16.conf backup
         mstflint -d 0000:03:00.0 ri /var/lib/vflane/firmware/MT_0000000013-16.35.4554.bin
         mstflint -i /var/lib/vflane/firmware/MT_0000000013-16.35.4554.bin v
         cp -- /root/fw-ConnectX5-rel-16_35_8002-MCX516A-CDA_Ax_Bx.bin /var/lib/vflane/firmware/MT_0000000013-16.35.8002.bin
         mstflint -i /var/lib/vflane/firmware/MT_0000000013-16.35.8002.bin v
      2. Burn the image into the card’s flash.
         The card runs it after its next reset, or the next start of the host.
         mstflint -d 0000:03:00.0 -i /var/lib/vflane/firmware/MT_0000000013-16.35.8002.bin -y burn
      3. Change the card’s settings.
         They take effect at the card’s next reset, or the next start of the host.
         mstconfig -d 0000:03:00.0 -y set NUM_OF_VFS=32
    fabric.yaml:9:10: info VF2212 alpha hosts.alpha.vfs: 0000:03:00.0: 32 VFs on each of 2 ports: 830 MSI-X vectors in all, 64 MiB of address space; the BIOS gave the slot 128 MiB
        hint: It fits into what the slot has now. The card itself refuses more vectors than it has.
    warning VF2216 alpha 0000:03:00.0: 0000:03:00.0: firmware 16.35.4554 → 16.35.8002, NUM_OF_VFS 16 → 32 will be pending
        hint: Restart the host: VFs take address space, which the BIOS hands out when it starts. Where a restart changes nothing, switch the power off and on. A reset of the card alone may do (mstfwreset -d 0000:03:00.0 -l 3 reset), and leaves the kernel with what the BIOS gave before.
    "
  `);
});
