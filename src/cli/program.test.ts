import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { catalogue } from '../model/catalogue.ts';
import { endOf } from './ending.ts';
import { runProgram } from './program.ts';
import { UsageError } from './usage-error.ts';
import { verbs } from './verbs.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fine = `name: rack7
networks:
  storage: { id: 42, subnet: 192.168.10.0/24 }
hosts:
  alpha:
    connect: sim:connectx5
    datapath: legacy-vlan
    nic: "0000:03:00"
    guests:
      ceph1: { netns: true, networks: { storage: 192.168.10.2/24 } }
`;
writeFileSync(join(folder, 'fabric.yaml'), fine);
writeFileSync(join(folder, 'wrong.yaml'), fine.replace('legacy-vlan', 'legacy-vlna'));

async function vflane(line: string, columns?: number) {
  const said = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    ...(columns === undefined ? {} : { columns, isTTY: true }),
    write: (text: string) => {
      said[name] += text;
    },
  });
  const around = { env: {}, cwd: folder, stdout: sink('stdout'), stderr: sink('stderr') };
  const argv = line.split(' ').filter((word) => word !== '');
  const code = await runProgram(argv, around).catch((error: unknown) => {
    const end = endOf(error, false);
    said.stderr += end.text;
    return end.code;
  });
  return { code, ...said };
}

describe('validate', () => {
  test('finds the file here, and a right one is 0', async () => {
    expect(await vflane('validate')).toEqual({
      code: 0,
      stdout: 'fine: fabric.yaml: 1 host, 1 network, 1 guest\n',
      stderr: '',
    });
  });

  test('a wrong one is 3, with the place, the code, what is allowed', async () => {
    const { code, stdout } = await vflane('validate -f wrong.yaml');
    expect(code).toBe(3);
    expect(stdout).toBe(
      'wrong.yaml:7:15: error VF1011 hosts.alpha.datapath: "legacy-vlna" is not allowed\n' +
        '    hint: did you mean "legacy-vlan"? allowed: legacy-vlan, ovs-tc or ovs-dpdk\n' +
        'wrong: wrong.yaml: 1 error\n',
    );
  });

  test('a terminal sees the line, and what is wrong in it', async () => {
    const { stdout } = await vflane('validate -f wrong.yaml --color never', 80);
    expect(stdout.split('\n').slice(1, 3)).toEqual(['        datapath: legacy-vlna', '                  ^']);
  });

  test('--json is one object, and nothing else', async () => {
    const { code, stdout } = await vflane('--json validate -f wrong.yaml');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toEqual({
      schema: 'vflane.validate/1',
      findings: [
        {
          code: 'VF1011',
          severity: 'error',
          where: { file: 'wrong.yaml', line: 7, col: 15, path: 'hosts.alpha.datapath' },
          message: '"legacy-vlna" is not allowed',
          hint: 'did you mean "legacy-vlan"? allowed: legacy-vlan, ovs-tc or ovs-dpdk',
        },
      ],
    });
  });

  test.each([
    ['no-such.yaml', 'there is no such file'],
    ['.', 'it is a directory'],
    ['fabric.yaml/x', 'ENOTDIR'],
  ])('a file %s that cannot be read is a finding', async (file, reason) => {
    const { code, stdout } = await vflane(`validate --json -f ${file}`);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ findings: [{ code: 'VF1000', where: { file } }] });
    expect(stdout).toContain(reason);
  });

  test('bytes that are not UTF-8 are a finding', async () => {
    writeFileSync(join(folder, 'latin1.yaml'), Buffer.from(`# caf\u00e9\n${fine}`, 'latin1'));
    writeFileSync(join(folder, 'utf16.yaml'), Buffer.from(`\ufeff${fine}`, 'utf16le'));
    for (const name of ['latin1', 'utf16']) {
      const { code, stdout } = await vflane(`validate -f ${name}.yaml`);
      expect({ code, first: stdout.split(' ')[2] }).toEqual({ code: 3, first: 'VF1001' });
    }
  });

  test('--host knows the hosts of the file', async () => {
    expect((await vflane('validate --host alpha')).code).toBe(0);
    const { code, stderr } = await vflane('validate --host alpha --host alpah');
    expect(code).toBe(64);
    expect(stderr).toContain('did you mean "alpha"? hosts of the file: alpha');
  });
});

describe('asked in a way that cannot be is 64', () => {
  test.each([
    ['', 'Usage: vflane'],
    ['valdate', 'Did you mean validate?'],
    ['validate --frobnicate', "unknown option '--frobnicate'"],
    ['validate one two', 'too many arguments'],
    ['validate -f', 'argument missing'],
    ['validate --color pink', 'Allowed choices are always, auto, never'],
    ['completion', "missing required argument 'shell'"],
    ['completion tcsh', 'bash, zsh, fish'],
    ['explain VF1', 'vflane explain lists all codes'],
    ['sim', 'Usage: vflane sim'],
  ])('vflane %s', async (line, said) => {
    const { code, stdout, stderr } = await vflane(line);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toContain(said);
  });
});

describe('asked in a way that cannot be, with --json, is one object all the same', () => {
  test.each([
    ['no such verb', '--json valdate'],
    ['an option that it has not', 'validate --json --fast'],
    ['a host that the file has not', 'validate --json --host gamma'],
    ['a plan that is none', 'apply --json --yes nowhere.json'],
    ['a file that cannot be made', 'plan --json --out nowhere/plan.json'],
  ])('%s', async (_what, line) => {
    const { code, stdout } = await vflane(line);
    expect(code).toBe(64);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'vflane.usage/1',
      findings: [{ code: 'VF9001', severity: 'error' }],
    });
  });

  test('but not for the words of another command', async () => {
    expect((await vflane('sim exec gamma -- ip --json')).stdout).toBe('');
  });
});

describe('help', () => {
  test('names every verb that is not hidden, and the exit codes', async () => {
    const { code, stdout } = await vflane('--help');
    expect(code).toBe(0);
    for (const { name, hidden } of verbs) {
      if (!hidden) expect(stdout).toMatch(new RegExp(`^  ${name.split(' ')[0]} `, 'm'));
    }
    expect(stdout).toContain(' 6  rollback incomplete');
  });

  test.each(verbs.map((verb) => verb.name))('%s has an example of itself', async (name) => {
    const { code, stdout } = await vflane(`${name} --help`);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`Example:\n {2}vflane ${name}( |$)`, 'm'));
    expect(stdout).toContain('--host <name>');
  });
});

describe('explain', () => {
  test('explains every code', async () => {
    for (const { code, title } of catalogue) {
      expect((await vflane(`explain ${code.toLowerCase()}`)).stdout).toContain(`): ${title}\n\n`);
    }
  });

  test('alone lists them all', async () => {
    const { stdout } = await vflane('explain --json');
    expect(JSON.parse(stdout)).toEqual({ schema: 'vflane.explain/1', findings: catalogue });
    expect((await vflane('explain')).stdout.trim().split('\n')).toHaveLength(catalogue.length);
  });
});

describe('the catalogue', () => {
  test('has each code once, and explains it in two to six sentences', () => {
    expect(new Set(catalogue.map((entry) => entry.code)).size).toBe(catalogue.length);
    for (const { code, title, explanation } of catalogue) {
      expect(code).toMatch(/^VF\d{4}$/);
      expect(title).not.toMatch(/\.$/);
      const sentences = explanation.match(/[.:;?](\s|$)/g) ?? [];
      expect(sentences.length, code).toBeGreaterThanOrEqual(2);
    }
  });
});

test('schema and version have a JSON form of their own', async () => {
  const schema: unknown = JSON.parse((await vflane('schema')).stdout);
  expect(JSON.parse((await vflane('schema --json')).stdout)).toEqual({
    schema: 'vflane.schema/1',
    jsonSchema: schema,
  });
  expect(JSON.parse((await vflane('version --json')).stdout)).toMatchObject({ schema: 'vflane.version/1' });
});

describe('an error that no verb has handled', () => {
  test('is one line that says whose it is', () => {
    expect(endOf(new Error('no\u001b[2J'), false)).toEqual({
      code: 1,
      text: 'vflane: VF9000: this is a defect of vflane: no\\u001b[2J (report it, with what VFLANE_DEBUG=1 adds)\n',
    });
    expect(endOf(new Error('no'), true).text).toContain('program.test.ts');
    expect(endOf('a text', false).code).toBe(1);
  });

  test('is the operator’s where he asked for what cannot be', () => {
    expect(endOf(new UsageError('no', 'do'), false)).toEqual({
      code: 64,
      text: 'vflane: no\n    hint: do\n',
    });
  });
});

describe('help VERB', () => {
  test('of a verb below a group is that verb’s, with its options', async () => {
    const { code, stdout } = await vflane('help bench compare');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: vflane bench compare [\s\S]*--force/);
  });

  test('of what is not a verb says so, and what was meant', async () => {
    const { code, stderr } = await vflane('help paln');
    expect(code).toBe(64);
    expect(stderr).toMatch(/unknown command 'paln'[\s\S]*plan/);
  });

  test.each(['paln --help', '-f x.yaml paln -h', 'lab swich --help', 'help lab swich'])(
    '%s names the misspelling, as it would without it',
    async (line) => {
      const { code, stdout, stderr } = await vflane(line);
      expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
      expect(stderr).toMatch(/unknown command '(paln|swich)'\n\(Did you mean (plan|switch)\?\)/);
    },
  );

  test('never does what stands behind it', async () => {
    const { code, stdout } = await vflane('help sim exec alpha -- reboot --yes');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: vflane sim exec /);
  });
});

test('who names the file or a host without its option is told how', async () => {
  for (const line of ['validate fabric.yaml', 'plan alpha']) {
    const { code, stderr } = await vflane(line);
    expect(code).toBe(64);
    expect(stderr).toMatch(/too many arguments[\s\S]*-f FILE, a host by --host NAME/);
  }
  expect((await vflane('plan alpha --json')).stdout).toContain('--host NAME');
  expect((await vflane('apply fabric.yaml')).stderr).toMatch(/is not JSON[\s\S]*-f FILE/);
});
