import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { vflaneHere } from '../../tests/support/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-journal-'));
const journal = join(folder, '.vflane/sim/alpha.var/journal');
afterAll(() => rmSync(folder, { recursive: true }));

/** All that a line has said, having ended as it should. */
async function says(code: number, line: string): Promise<string> {
  const said = await vflaneHere(line.split(' '), folder);
  const text = `${said.stdout}${said.stderr}`;
  expect(said.code, text).toBe(code);
  return text;
}

beforeEach(async () => {
  rmSync(join(folder, '.vflane'), { recursive: true, force: true });
  writeFileSync(
    join(folder, 'fabric.yaml'),
    `name: rack7
networks:
  storage: { id: 42, mtu: 9000, subnet: 192.168.10.0/24 }
hosts:
  alpha:
    connect: sim:connectx5
    datapath: legacy-vlan
    nic: "0000:03:00"
    guests:
      ceph1: { netns: true, networks: { storage: 192.168.10.2/24 } }
`,
  );
  await says(0, 'apply --yes');
}, 60_000);

test('what a damaged journal’s hint says leads back to a host that vflane answers for', async () => {
  const whole = readFileSync(journal, 'latin1');
  writeFileSync(journal, whole.replace(/"host"/, '"hast"'), 'latin1');
  for (const verb of ['status', 'apply --yes', 'rollback'])
    expect(await says(1, verb)).toMatch(/VF4003 .*damaged[\s\S]*import --adopt/);
  renameSync(journal, `${journal}.away`);
  expect(await says(0, 'status')).toContain('nothing was ever done');
  await says(0, 'import --adopt --yes');
  expect(await says(0, 'status')).toMatch(/vflane holds 2 num-vfs, 1 netns/);
  expect(await says(0, 'verify')).toContain('alpha: verified');
});

test('half a record at the end is one that was never written', async () => {
  appendFileSync(journal, '0badf00d 4711 {"kind":"begin"');
  expect(await says(0, 'status')).toMatch(/apply, applied/);
  await says(0, 'undo --yes');
});

test('after a power cut the words lead to what is to be said next', async () => {
  const file = join(folder, 'fabric.yaml');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace('192.168.10.2/24', '192.168.10.9/24').replace('42', '44'),
  );
  await says(0, 'sim fail alpha --at 2 --how error');
  await says(5, 'apply --yes');
  await says(0, 'apply --yes --confirm-within 1h');
  await says(0, 'sim reboot alpha');
  expect(await says(0, 'status')).toMatch(/was cut off by a restart of the host: `vflane apply`/);
  expect(await says(6, 'rollback')).toMatch(/VF3021 .*has restarted since[\s\S]*hint: Say `vflane apply`/);
  await says(0, 'apply --yes');
  await says(0, 'verify');
});

test('a host that did not come back by itself is drift to a script that asks for the status', async () => {
  await says(0, 'enable --yes');
  await says(0, 'sim reboot alpha --card-after 10m');
  expect(await says(2, 'status')).toMatch(/NOT brought back[\s\S]*VF2256/);
}, 60_000);
