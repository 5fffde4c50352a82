import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { vflaneHere } from '../../tests/support/command-line.ts';
import { parseFabric } from '../fabric/parse-fabric.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-init-'));
afterAll(() => rmSync(folder, { recursive: true }));

const vflane = (line: string) => vflaneHere(line.split(' '), folder, { VFLANE_VAR_DIR: join(folder, 'var') });

/** The file with its examples taken into use. */
function withExamples(text: string): string {
  return text.replace(/^( {6})# (\S+-(web|db): )/gm, '$1$2');
}

describe('init', () => {
  test.each([
    ['a=sim:connectx5', 'legacy-vlan', '"0000:03:00"'],
    ['a=sim:connectx5/doca?num-of-vfs=4', 'legacy-vlan', '"0000:03:00"'],
    ['a=sim:igb', 'legacy-vlan', '"0000:01:00"'],
    ['a=sim:plain', 'ovs-tc', 'software'],
    ['sim:connectx5 --datapath ovs-tc', 'ovs-tc', '"0000:03:00"'],
    ['sim:connectx5/doca --datapath ovs-dpdk', 'ovs-dpdk', '"0000:03:00"'],
    ['a=sim:connectx5 b=sim:plain sim:igb sim:connectx5', 'legacy-vlan', '"0000:03:00"'],
  ])('%s: is valid as it stands, with and without its examples', async (hosts, datapath, nic) => {
    const { code, stdout, stderr } = await vflane(`init ${hosts}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`    datapath: ${datapath}\n`);
    expect(stdout).toContain(`    nic: ${nic}\n`);
    for (const text of [stdout, withExamples(stdout)]) {
      const { findings } = parseFabric(text, 'fabric.yaml');
      expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    }
    expect(parseFabric(withExamples(stdout), 'x').fabric?.hosts[0]?.guests).toHaveLength(2);
  });

  test('says why: the verdict of the kernel, the card, its ports, and what the firmware allows', async () => {
    const { stdout } = await vflane('init alpha=sim:connectx5?num-of-vfs=4');
    for (const words of [
      '# - legacy-vlan: possible in hardware',
      '# - ovs-tc: impossible in hardware here, because the mlx5 of kernel 6.12',
      '# ConnectX-5 Ex (15b3:1019), PSID MT_0000000013, firmware 16.35.4554:',
      '0000:03:00.1 enp3s0f1np1: down',
      'the firmware allows 4 (NUM_OF_VFS).\n    vfs: 4\n',
      '    connect: sim:connectx5?num-of-vfs=4\n',
    ])
      expect(stdout).toContain(words);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThan(125);
  });

  test('what it writes can be planned, and is never written over a file', async () => {
    expect((await vflane('init lab1=sim:connectx5 -o first.yaml')).code).toBe(0);
    expect((await vflane('validate -f first.yaml')).stdout).toMatch(/^fine: .*1 host, 1 network, 0 guests/);
    const { code, stdout } = await vflane('plan -f first.yaml');
    expect({ code, pool: /sriov_numvfs/.test(stdout) }).toEqual({ code: 2, pool: true });
    writeFileSync(join(folder, 'mine.yaml'), 'mine\n');
    expect(await vflane('init sim:connectx5 -o mine.yaml')).toMatchObject({
      code: 64,
      stdout: '',
      stderr: expect.stringContaining('mine.yaml is there already'),
    });
    expect(readFileSync(join(folder, 'mine.yaml'), 'utf8')).toBe('mine\n');
    expect((await vflane('init sim:connectx5 -o nowhere/x.yaml')).code).toBe(64);
  });

  test('tells of VFs that are there already how to take them over', async () => {
    await vflane('init made=sim:connectx5 -o made.yaml');
    await vflane('apply --yes -f made.yaml');
    const { stdout } = await vflane('init made=sim:connectx5');
    expect(stdout).toContain(
      'There are 16 VFs already: if they are yours, `vflane import made` takes them over.',
    );
  });

  test('a host that cannot be reached is said, and the others are written', async () => {
    const { code, stdout, stderr } = await vflane('init lab:nowhere alpha=sim:connectx5');
    expect(code).toBe(8);
    expect(stdout).toContain('  alpha:\n');
    expect(stdout).not.toContain('nowhere:');
    expect(stderr).toContain('the lab is not up');
    expect((await vflane('init lab:nowhere')).stdout).toBe('');
  });

  test('--json has the file, and what it was chosen from', async () => {
    const { stdout } = await vflane('init alpha=sim:connectx5 --json');
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'vflane.init/1',
      file: expect.stringContaining('datapath: legacy-vlan'),
      written: null,
      hosts: [{ host: 'alpha', datapath: 'legacy-vlan', pfs: ['0000:03:00.0', '0000:03:00.1'] }],
      findings: [],
    });
  });

  test.each([
    ['sim:connectx9', 'no simulated card'],
    ['root@', 'is not a way to a host'],
    ['Alpha=root@alpha', 'is not a name of a host'],
  ])('%s is 64', async (host, said) => {
    const { code, stderr } = await vflane(`init ${host}`);
    expect({ code, stderr }).toEqual({ code: 64, stderr: expect.stringContaining(said) });
  });
});
