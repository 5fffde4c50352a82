import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseTranscript } from '../host/transcript.ts';
import { diagnoseTranscript } from '../operate/bundle.ts';
import { endOf } from './ending.ts';
import { runProgram } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

const host = (name: string, kernel: string) => `  ${name}:
    connect: sim:connectx5/${kernel}
    datapath: ovs-tc
    nic: "0000:03:00"
    vfs: 2
    offload: required
    underlay: 192.168.9.${name === 'alpha' ? 1 : 2}/24
    guests:
      ${name}-web: { external: true, networks: { storage: dhcp } }
`;

beforeAll(() => {
  const head = 'name: rack7\nnetworks:\n  storage: { id: 42 }\nhosts:\n';
  writeFileSync(join(folder, 'fabric.yaml'), head + host('alpha', 'debian-13') + host('beta', 'doca'));
});

async function vflane(line: readonly string[] | string) {
  const said = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      said[name] += text;
    },
  });
  const env = { VFLANE_VAR_DIR: join(folder, 'var') };
  const around = { env, cwd: folder, stdout: sink('stdout'), stderr: sink('stderr') };
  const argv = typeof line === 'string' ? line.split(' ') : line;
  const code = await runProgram(argv, around).catch((error: unknown) => {
    const end = endOf(error, false);
    said.stderr += end.text;
    return end.code;
  });
  return { code, ...said };
}

describe('doctor', () => {
  test('a host that no file names: nothing is wrong, and each datapath has its verdict', async () => {
    const { code, stdout } = await vflane('doctor sim:connectx5 -f nowhere.yaml');
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/^ {2}legacy-vlan: possible in hardware$/m);
    // What is only worth knowing is told in short, behind that.
    expect(stdout.split('\n').slice(1, 5)).toEqual([
      '  nothing wrong was found',
      expect.stringMatching(/^ {2}info VF2114 /),
      expect.stringMatching(/^ {4}do: /),
      '    more: vflane explain VF2114',
    ]);
    expect(stdout).toMatch(/^ {2}ovs-tc: impossible in hardware here, because .*; one of: /m);
  });

  test('hosts of a file: 2 where one cannot do what the file asks, with the line that asks it', async () => {
    const { code, stdout } = await vflane('doctor');
    expect(code).toBe(2);
    expect(stdout).toMatch(/fabric\.yaml:10:14: error VF2030 alpha hosts\.alpha\.offload/);
    expect(stdout.slice(0, stdout.indexOf('beta:'))).not.toContain('nothing wrong was found');
    expect((await vflane('doctor beta')).code).toBe(0);
  });

  test('--json is one object that says whether the look was complete', async () => {
    const { stdout } = await vflane('doctor alpha --json --symptom shared_fdb:off');
    const { schema, hosts, findings } = JSON.parse(stdout);
    expect(schema).toBe('vflane.doctor/1');
    expect(hosts).toMatchObject([{ host: 'alpha', complete: true, unseen: [], verdicts: [{}, {}, {}] }]);
    expect(hosts[0].symptom[0]).toMatchObject({ status: 'not here', score: expect.any(Number) });
    expect(hosts[0].findings.find(({ code }: { code: string }) => code === 'VF2114')).toMatchObject({
      evidence: expect.arrayContaining([
        { read: expect.stringContaining('max_link'), saw: expect.any(String) },
      ]),
      costs: expect.any(String),
      remedy: expect.any(Array),
      source: expect.stringContaining('facts'),
    });
    expect(findings.map(({ code }: { code: string }) => code)).toContain('VF2030');
  });

  test('--symptom ranks what prints such a text, before anything else', async () => {
    const { stdout } = await vflane(['doctor', 'alpha', '--symptom', 'no such device']);
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      'alpha: what prints a text like that',
      expect.stringMatching(/^ {2}1\. VF2\d{3} .* \(not here; \d+ % of the words\): .*No such device/),
    ]);
  });

  test.each([
    [['doctor', '--symptom', ' '], 'a symptom is a text'],
    [['doctor', '--bundle', 'nowhere/b.json'], 'nowhere/b.json cannot be written'],
    [['doctor', 'gamma'], 'there is no host "gamma"'],
  ])('%s is 64', async (argv, said) => {
    const { code, stderr } = await vflane(argv);
    expect({ code, stderr }).toEqual({ code: 64, stderr: expect.stringContaining(said) });
  });
});

test('--bundle keeps what the doctor saw, scrubbed, and it is enough to see the same', async () => {
  const { code, stderr } = await vflane('doctor --bundle bundle.json');
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('a bug report needs of 2 hosts, scrubbed'),
  });
  const text = readFileSync(join(folder, 'bundle.json'), 'utf8');
  expect(statSync(join(folder, 'bundle.json')).mode & 0o777).toBe(0o600);
  expect(text).not.toMatch(/alpha(?!-web)|192\.168\.9\.|b8:ce:f6/);
  const { schema, hosts } = JSON.parse(text);
  expect({ schema, hosts: hosts.length }).toEqual({ schema: 'vflane.bundle/1', hosts: 2 });
  for (const { transcript, findings, verdicts } of hosts) {
    const again = await diagnoseTranscript(parseTranscript(JSON.stringify(transcript)));
    expect(again.findings.map((one) => one.code)).toEqual(findings.map((one: { code: string }) => one.code));
    expect(again.verdicts.map(({ verdict }) => verdict)).toEqual(
      verdicts.map((one: { verdict: string }) => one.verdict),
    );
    expect(again.unlooked).toEqual([]);
  }
});
