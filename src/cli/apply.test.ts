import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { endOf } from './ending.ts';
import { runProgram } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-apply-'));
afterAll(() => rmSync(folder, { recursive: true }));

const host = (name: string, connect: string, address: string) => `  ${name}:
    connect: ${connect}
    datapath: legacy-vlan
    nic: "0000:03:00"
    vfs: 2
    guests:
      ${name}-vm: { external: true, networks: { storage: ${address}/24 } }
`;
const alpha = host('alpha', 'sim:connectx5', '192.168.10.2');
const beta = host('beta', 'lab:beta', '192.168.10.3');
const head = 'name: rack7\nnetworks:\n  storage: { id: 42, subnet: 192.168.10.0/24 }\nhosts:\n';
writeFileSync(join(folder, 'fabric.yaml'), head + alpha + beta);
writeFileSync(join(folder, 'beta.yaml'), head + beta);

let states = 0;
const fresh = () => ({ VFLANE_STATE_DIR: join(folder, `state-${states++}`) });

async function vflane(env: { readonly VFLANE_STATE_DIR: string }, line: string) {
  const said = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      said[name] += text;
    },
  });
  const around = { env, cwd: folder, stdout: sink('stdout'), stderr: sink('stderr') };
  const code = await runProgram(line.split(' '), around).catch((error: unknown) => {
    const end = endOf(error, false);
    said.stderr += end.text;
    return end.code;
  });
  return { code, ...said };
}

async function planned(env: { readonly VFLANE_STATE_DIR: string }): Promise<void> {
  expect(await vflane(env, 'plan --host alpha -o plan.json')).toMatchObject({ code: 2 });
}

test('a written plan speaks for its own hosts: others are not asked', async () => {
  const env = fresh();
  await planned(env);
  const { code, stdout, stderr } = await vflane(env, 'apply plan.json --yes');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^alpha: applied and verified .*\n$/)]);
  expect(stderr).toContain('echo 2 > /sys/bus/pci/devices/0000:03:00.0/sriov_numvfs');
  const again = await vflane(env, 'apply plan.json --yes');
  expect([again.code, again.stdout]).toEqual([7, expect.stringContaining('error VF3012')]);
});

test.each([
  ['-f beta.yaml apply plan.json --yes', 'is for alpha, which the file does not name'],
  ['apply plan.json --yes --host beta', 'is for alpha, which is not chosen'],
])('a written plan for somebody else is 64: %s', async (line, said) => {
  const env = fresh();
  await planned(env);
  const { code, stderr } = await vflane(env, line);
  expect([code, stderr]).toEqual([64, expect.stringContaining(said)]);
});

test.each(['abc', '0', '-5s', '60x'])('a wrong time is said before anything else: %s', async (time) => {
  const { code, stdout, stderr } = await vflane(fresh(), `apply --confirm-within=${time} --yes`);
  expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
  expect(stderr).toMatch(/^vflane: --confirm-within \S+ is not a length of time\n {4}hint: .*\n$/);
});

test('a plan that cannot be written is 64, with the reason', async () => {
  const { code, stderr } = await vflane(fresh(), 'plan --host alpha -o no-such-folder/plan.json');
  expect([code, stderr]).toEqual([64, expect.stringContaining('ENOENT')]);
});

test('what is refused anyway is not asked about', async () => {
  const env = fresh();
  expect((await vflane(env, 'apply --host alpha --yes')).code).toBe(0);
  const qemu = 'sim exec alpha -- qemu-system-x86_64 -device vfio-pci,host=0000:03:00.2';
  expect((await vflane(env, qemu)).code).toBe(0);
  for (const verb of ['undo', 'destroy']) {
    const { code, stdout } = await vflane(env, `${verb} --host alpha`);
    expect([code, stdout]).toEqual([4, expect.stringContaining('error VF3003')]);
  }
});

test('a plan of several hosts is one JSON object, whatever became of one of them', async () => {
  const { code, stdout } = await vflane(fresh(), 'plan --json -o both.json');
  expect(code).toBe(8);
  const plan = JSON.parse(stdout);
  expect(plan).toMatchObject({ schema: 'vflane.plan/1', hosts: [{ host: 'alpha' }] });
  expect(plan.findings.map((one: { code: string }) => one.code)).toContain('VF4001');
  expect(JSON.parse(readFileSync(join(folder, 'both.json'), 'utf8'))).toEqual(plan);
});

test('no script is written of a plan that apply would refuse', async () => {
  const env = fresh();
  expect((await vflane(env, 'apply --host alpha --yes')).code).toBe(0);
  expect((await vflane(env, 'export script --host alpha')).code).toBe(0);
  const qemu = 'sim exec alpha -- qemu-system-x86_64 -device vfio-pci,host=0000:03:00.2';
  expect((await vflane(env, qemu)).code).toBe(0);
  writeFileSync(join(folder, 'more.yaml'), head + alpha.replace('vfs: 2', 'vfs: 4'));
  const { code, stdout, stderr } = await vflane(env, '-f more.yaml export script');
  expect([code, stdout, stderr]).toEqual([4, '', expect.stringContaining('error VF3003')]);
});

test('a guest that moves is taken down on the one host before it is set up on the other', async () => {
  const env = fresh();
  const bare = (name: string) => `${host(name, 'sim:connectx5', '').split('    guests:')[0]}    guests: {}\n`;
  const guest = '    guests:\n      db: { netns: true, networks: { storage: 192.168.10.9/24 } }\n';
  const having = (name: string) => bare(name).replace('    guests: {}\n', guest);
  writeFileSync(join(folder, 'there.yaml'), head + having('alpha') + bare('gamma'));
  writeFileSync(join(folder, 'here.yaml'), head + bare('alpha') + having('gamma'));
  expect(await vflane(env, '-f there.yaml apply --yes')).toMatchObject({ code: 0 });

  expect(await vflane(env, '-f here.yaml sim fail alpha --at 1 --how error')).toMatchObject({ code: 0 });
  const stopped = await vflane(env, '-f here.yaml apply --yes');
  expect(stopped.stdout).toContain('error VF3024');
  expect(stopped.stdout).toContain('gamma was not started: db is still on alpha');
  expect(await vflane(env, '-f here.yaml status --host gamma')).toMatchObject({ code: 0 });

  const moved = await vflane(env, '-f here.yaml apply --yes');
  expect(moved).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^alpha: applied.*\ngamma: applied/),
  });
  expect(await vflane(env, '-f here.yaml verify')).toMatchObject({ code: 0 });
});
