import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { vflaneHere } from '../../tests/support/command-line.ts';
import { chapters } from '../../tests/support/seed/chapters.ts';
import { type } from '../../tests/support/seed/typed.ts';
import { openMachine } from './simulated.ts';
import { bareHost } from './way.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-import-'));
afterAll(() => rmSync(folder, { recursive: true }));

const vflane = (line: string) => vflaneHere(line.split(' '), folder, { VFLANE_VAR_DIR: join(folder, 'var') });

const connect = { kind: 'sim', card: 'connectx5', kernel: 'debian-13', numOfVfs: 16 } as const;

/** Types the log's first chapter on a simulated host, less what wants a file to start a VM from. */
beforeAll(async () => {
  const machine = openMachine(join(folder, '.vflane'), bareHost('alpha' as never, connect));
  const { commands } = chapters.find(({ name }) => name === 'approach 1: host') ?? { commands: [] };
  for (const { typed } of commands) if (!/^if |qemu/.test(typed)) await type(machine, typed);
});

describe('import', () => {
  test('writes a file whose plan is empty, and says on stderr what is unsafe', async () => {
    const { code, stdout, stderr } = await vflane('import alpha=sim:connectx5 -o mine.yaml');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('warning VF2274 alpha 0000:03:00.3: VF 1 (0000:03:00.3) has spoofchk off');
    expect(stderr).toContain('alpha: 1 guest, 10 places left as found; the plan is empty');
    expect((await vflane('validate -f mine.yaml')).code).toBe(0);
    const plan = await vflane('plan -f mine.yaml');
    expect(plan.code).toBe(0);
    expect(plan.stdout).toContain('info VF2270');
    expect((await vflane('verify -f mine.yaml')).code).toBe(0);
  });

  test('--adopt has vflane answer for it, and undo gives it back', async () => {
    const { code, stderr, stdout } = await vflane('import --adopt --yes -f mine.yaml');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('applied and verified') });
    expect(stderr).toContain('Take over what is as the file wants it: nothing is run on the host');
    expect((await vflane('import --adopt --yes -f mine.yaml')).stdout).toContain('nothing to do');
    expect((await vflane('history -f mine.yaml')).stdout).toContain('adopt');
    expect((await vflane('undo --yes -f mine.yaml')).code).toBe(0);
    expect((await vflane('plan -f mine.yaml')).code).toBe(0);
    expect((await vflane('import --adopt --yes -f mine.yaml')).stdout).toContain('applied and verified');
  });

  test('a line that is taken out is what the plan is about', async () => {
    const text = readFileSync(join(folder, 'mine.yaml'), 'utf8');
    writeFileSync(join(folder, 'up.yaml'), text.replace(/ {6}pf-up:\n(.*\n){2}/, ''));
    const { code, stdout } = await vflane('plan -f up.yaml');
    expect(code).toBe(2);
    expect(stdout).toContain('ip -batch');
    expect(stdout).toMatch(/link set dev .+ up/);
  });

  test('a slip under as-found is no licence to change things', async () => {
    const text = readFileSync(join(folder, 'mine.yaml'), 'utf8');
    writeFileSync(join(folder, 'slip.yaml'), text.replace('vf-driver:', 'vf-drivers:'));
    const { code, stdout } = await vflane('plan -f slip.yaml');
    expect(code).toBe(4);
    expect(stdout).toContain('did you mean "vf-driver"?');
  });

  test('what has changed since is said', async () => {
    const machine = openMachine(join(folder, '.vflane'), bareHost('alpha' as never, connect));
    await machine.run(['ip', 'link', 'set', 'dev', 'enp3s0f0np0', 'up']);
    const { code, stdout } = await vflane('plan -f mine.yaml');
    expect(code).toBe(0);
    expect(stdout).toContain('warning VF2271');
    expect(stdout).toContain('pf-up at 0000:03:00.0 was found as false, and is true now');
  });

  test('--json has the file and what is left as it was found', async () => {
    const { stdout } = await vflane('import alpha=sim:connectx5 --json');
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({
      schema: 'vflane.import/1',
      written: null,
      hosts: [{ host: 'alpha', datapath: 'legacy-vlan', networks: ['vlan40'], differences: 0 }],
    });
    expect(told.hosts[0].asFound).toContainEqual({
      resource: 'vf-driver',
      at: '0000:03:00.0/0',
      value: 'mlx5_core',
    });
  });

  test.each([
    ['import', 'no host is named'],
    ['import alpha=sim:connectx5 --adopt --yes', 'there is none'],
    ['import alpha=sim:connectx5 -o mine.yaml', 'mine.yaml is there already'],
  ])('%s is 64', async (line, said) => {
    const { code, stderr } = await vflane(line);
    expect({ code, stderr }).toEqual({ code: 64, stderr: expect.stringContaining(said) });
  });

  test('a host that cannot be reached is 8, and there is no file of none', async () => {
    expect(await vflane('import lab:nowhere')).toMatchObject({ code: 8, stdout: '' });
  });
});
