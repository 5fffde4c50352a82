import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { remoteWords } from './lab-host-verbs.ts';
import { runProgram } from './program.ts';
import { UsageError } from './usage-error.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'vflane-lab-verbs-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

/** What the command line ends with, and what it says. */
async function lab(...words: readonly string[]) {
  let [stdout, stderr] = ['', ''];
  const sink = (take: (text: string) => void) => ({ write: (text: string) => take(text) });
  const around = {
    env: {},
    cwd,
    stdout: sink((text) => {
      stdout += text;
    }),
    stderr: sink((text) => {
      stderr += text;
    }),
  };
  const code = await runProgram(['lab', ...words], around).catch((error) => {
    if (!(error instanceof UsageError)) throw error;
    stderr += `${error.message}\n${error.hint}`;
    return 64;
  });
  return { code, stdout, stderr };
}

const fabric = (hosts: string) => `name: x\nnetworks: { a: { id: 4 } }\nhosts: { ${hosts} }\n`;
const host = (connect: string) => `{ connect: '${connect}', datapath: legacy-vlan, nic: '0000:01:00' }`;

describe('vflane lab up', () => {
  it('refuses what is not a number of hosts, and two answers to one question', async () => {
    for (const hosts of ['0', '9', '1.5', 'two'])
      expect(await lab('up', '--hosts', hosts)).toMatchObject({ code: 64 });
    expect(await lab('up', 'fabric.yaml', '--hosts', '2')).toMatchObject({ code: 64 });
    expect(await lab('up', '--within', 'soon')).toMatchObject({ code: 64 });
  });

  it('says what is wrong with the file, and where', async () => {
    writeFileSync(join(cwd, 'a.yaml'), fabric(`alpha: ${host('lab:Alpha!')}`));
    const { code, stderr } = await lab('up', 'a.yaml');
    expect({ code, stderr }).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^a\.yaml:3:\d+: error/),
    });
    const { stdout } = await lab('up', 'missing.yaml', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'vflane.lab-up/1', findings: [{ code: 'VF1000' }] });
  });

  it('refuses a file without hosts of the lab', async () => {
    writeFileSync(join(cwd, 'a.yaml'), fabric(`alpha: ${host('sim:connectx5')}`));
    expect(await lab('up', 'a.yaml')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('a.yaml has no host of the lab'),
    });
  });
});

describe('the lab’s other verbs', () => {
  it('say that there is no lab, with a code and what to do', async () => {
    for (const words of [
      ['cable', 'alpha', '0', 'cut'],
      ['switch', 'A', 'dead'],
      ['capture', 'B'],
      ['reboot', 'alpha'],
      ['power-cycle', 'alpha'],
      ['ssh', 'alpha', 'true'],
    ]) {
      const { code, stdout, stderr } = await lab(...words, '--json');
      expect({ words, code, stderr }).toMatchObject({
        code: 4,
        stderr: expect.stringContaining('vflane lab up'),
      });
      const { schema, findings } = JSON.parse(stdout);
      expect(schema).toBe(`vflane.lab-${words[0]}/1`);
      expect(findings).toMatchObject([{ code: 'VF5001', where: { at: 'LAB_NOT_UP' } }]);
    }
  });

  it('refuse a port, a switch and a state that are none', async () => {
    for (const words of [
      ['cable', 'alpha', '2', 'cut'],
      ['cable', 'alpha', '0', 'dead'],
      ['switch', 'C', 'dead'],
      ['switch', 'A', 'cut'],
      ['capture', 'A', '--count', '0'],
    ])
      await expect(lab(...words).then(({ code }) => code)).resolves.toBe(64);
  });

  it('tell of no lab as of one that is stopped', async () => {
    expect(await lab('status')).toMatchObject({ code: 0, stdout: 'switches: stopped\n' });
    expect(await lab('down')).toMatchObject({ code: 0, stdout: 'nothing was running\n' });
  });
});

describe('a command for a host', () => {
  it('is a line for its shell where it is one word, and else keeps its words', () => {
    expect(remoteWords(['ip link | grep up'])).toEqual(['ip link | grep up']);
    expect(remoteWords(['sh', '-c', "echo it's; $HOME"])).toEqual(["'sh' '-c' 'echo it'\\''s; $HOME'"]);
    expect(remoteWords([])).toEqual([]);
  });
});
