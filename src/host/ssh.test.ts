import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostContract, readerContract, refusal, type Subject } from '../../tests/host-contract.ts';
import { bundleProgram } from '../../tests/program.ts';
import { noSshd, type Sshd, startSshd } from '../../tests/sshd.ts';
import { testMachine } from '../../tests/test-machine.ts';
import type { AgentHost } from './agent-client.ts';
import { connectSsh, type SshOptions } from './ssh.ts';

const machine = testMachine();
const folder = mkdtempSync(join(tmpdir(), 'vflane-ssh-'));
const agentFolder = join(folder, 'agent');
const bundle = join(folder, 'vflane.cjs');
bundleProgram(
  `import { existsSync, writeFileSync } from 'node:fs';
   import { serveStdio } from './src/host/agent-stdio.ts';
   import { localHost } from './src/host/local-host.ts';
   if (process.argv.slice(2).join(' ') !== 'agent --stdio') throw new Error('not as an agent: ' + process.argv);
   const slow = (folder, emit) => new Promise((resolve) => {
     emit(process.pid);
     const timer = setInterval(() => {
       if (!existsSync(folder + '/go')) return;
       clearInterval(timer);
       writeFileSync(folder + '/done', 'done');
       resolve('done');
     }, 20);
   });
   serveStdio({ host: localHost({ name: 'there', root: '${machine.root}' }), version: '1.0.0', methods: { slow } });`,
  bundle,
);
afterAll(() => {
  machine.remove();
  rmSync(folder, { recursive: true, force: true });
});

const to: Omit<SshOptions, 'sshConfig'> = {
  name: 'alpha',
  destination: 'alpha',
  bundle,
  version: '1.0.0',
  agentFolder,
  asRoot: process.geteuid?.() === 0,
};

if (noSshd !== undefined) console.log(`ssh is not tested with a real sshd: ${noSshd}`);

describe.skipIf(noSshd !== undefined)('a host over a real sshd', () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd?.stop());
  const here = (): SshOptions => ({ ...to, sshConfig: sshd.config });
  const connect = async (): Promise<Subject<AgentHost>> => {
    const adapter = await connectSsh(here());
    return { adapter, close: () => adapter.close() };
  };

  readerContract('ssh', machine.reader, connect);
  hostContract('ssh', machine.host, connect);

  it('gets the bundle once, readable only by its user', async () => {
    rmSync(agentFolder, { recursive: true, force: true });
    await (await connectSsh(here())).close();
    const [copy = ''] = readdirSync(agentFolder);
    expect(copy).toMatch(/^vflane-[0-9a-f]{64}\.cjs$/);
    const { ino, mode } = statSync(join(agentFolder, copy));
    expect(mode & 0o777).toBe(0o600);
    expect(readFileSync(join(agentFolder, copy))).toEqual(readFileSync(bundle));
    await (await connectSsh(here())).close();
    expect(statSync(join(agentFolder, copy)).ino).toBe(ino);
  });

  it('keeps the three bundles used last', async () => {
    rmSync(agentFolder, { recursive: true, force: true });
    mkdirSync(agentFolder, { recursive: true });
    const other = (age: number) => `vflane-${String(age).repeat(64)}.cjs`;
    for (const age of [1, 2, 3, 4]) {
      writeFileSync(join(agentFolder, other(age)), '');
      utimesSync(join(agentFolder, other(age)), 1000 - age, 1000 - age);
    }
    await (await connectSsh(here())).close();
    const copy = readdirSync(agentFolder).find((name) => statSync(join(agentFolder, name)).size > 0) ?? '';
    expect(readdirSync(agentFolder)).toEqual([copy, other(1), other(2)].sort());
    // Using one again makes it the newest.
    utimesSync(join(agentFolder, copy), 1, 1);
    await (await connectSsh(here())).close();
    expect(statSync(join(agentFolder, copy)).mtimeMs).toBeGreaterThan(1_000_000);
  });

  it('makes files and folders there with the usual modes', async () => {
    const agent = await connectSsh(here());
    expect((await agent.run(['sh', '-c', 'umask'])).stdout).toBe('0022\n');
    await agent.close();
  });

  it('finishes its work when the connection is cut in the middle', async () => {
    const signs = mkdtempSync(join(folder, 'signs-'));
    const agent = await connectSsh(here());
    let lost: Promise<unknown> = Promise.resolve();
    await new Promise((resolve) => {
      lost = refusal(agent.call('slow', signs, resolve));
    });
    for (const pid of sshProcesses(sshd.config)) process.kill(pid, 'SIGKILL');
    expect(await lost).toMatchObject({ kind: 'lost', host: 'alpha' });
    writeFileSync(join(signs, 'go'), '');
    await expect.poll(() => existsSync(join(signs, 'done')), { timeout: 10_000 }).toBe(true);
  });

  it('is out of reach of a Ctrl-C at the terminal', async () => {
    const agent = await connectSsh(here());
    const groups = sshProcesses(sshd.config).map(processGroup);
    expect(groups.length).toBeGreaterThan(0);
    expect(groups).not.toContain(processGroup(process.pid));
    await agent.close();
  });

  it.each([
    [
      'a host key that is not known',
      ['HostName 127.0.0.1', 'UserKnownHostsFile none'],
      /Host key verification failed|No .* host key is known/,
      'fingerprint',
    ],
    [
      'a key that is not accepted',
      ['HostName 127.0.0.1', 'User vflane-nobody'],
      /Permission denied \(/,
      'ssh-copy-id',
    ],
    ['a port where nobody listens', ['HostName 127.0.0.1', 'Port 1'], /Connection refused/, 'is down'],
    [
      'a name that is none',
      ['HostName vflane-none.invalid'],
      /Could not resolve hostname/,
      'name is not known',
    ],
    ['a configuration that is wrong', ['Nonsense yes'], /Bad configuration option/, 'ssh_config is wrong'],
  ])('says what to do about %s', async (_, lines, stderr, hint) => {
    const config = join(folder, 'other_config');
    const first = lines.join('\n  ');
    writeFileSync(config, `Host alpha\n  ${first}\nInclude ${sshd.config}\n`);
    const details = await refusal(connectSsh({ ...to, sshConfig: config }));
    expect(details).toMatchObject({ kind: 'lost', host: 'alpha', argv: ['ssh', 'alpha'] });
    expect(details.stderr).toMatch(stderr);
    expect(details.hint).toContain(hint);
  });
});

/** The ssh processes started with this ssh_config. */
function sshProcesses(config: string): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids
    .filter((pid) => commandLine(pid).startsWith(`ssh\0-T`) && commandLine(pid).includes(config))
    .map(Number);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function processGroup(pid: number): string | undefined {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[2];
}

describe('the far side of an ssh', () => {
  /** An ssh that runs the remote command here, in a shell that finds these programs first. */
  function fakeSsh(programs: Readonly<Record<string, string>>): string {
    const bin = mkdtempSync(join(folder, 'bin-'));
    for (const [name, text] of Object.entries({ ...programs, ssh: sshText(bin) })) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    return join(bin, 'ssh');
  }
  const sshText = (bin: string): string => `for last; do :; done\nPATH=${bin}:$PATH exec sh -c "$last"`;
  const user = { id: 'echo 1000' };

  it.each([
    ['no Node.js', 'exit 127', 'Node.js is not installed there'],
    ['an old one', 'echo v18.20.4', 'Node.js v18.20.4 there is older than 20.19'],
    ['one just too old', 'echo v20.18.3', 'Node.js v20.18.3 there is older than 20.19'],
  ])('with %s says which package to install', async (_, text, stderr) => {
    const agentFolder = mkdtempSync(join(folder, 'lacking-'));
    const details = await refusal(connectSsh({ ...to, agentFolder, sshPath: fakeSsh({ node: text }) }));
    expect(details).toMatchObject({ kind: 'missing', argv: ['node', '--version'], stderr });
    expect(details.hint).toContain('apt-get install nodejs');
  });

  it('starts Node only once if it has the bundle already', async () => {
    const log = join(folder, 'node.log');
    const node = `echo "$1" >> ${log}; exec ${process.execPath} "$@"`;
    const agentFolder = mkdtempSync(join(folder, 'known-'));
    const sshPath = fakeSsh({ node });
    for (const _ of [1, 2]) await (await connectSsh({ ...to, agentFolder, sshPath })).close();
    expect(readFileSync(log, 'utf8')).toMatch(/^--version\n\S+\.cjs\n\S+\.cjs\n$/);
  });

  it('uses sudo if the user is not root', async () => {
    const log = join(folder, 'sudo.log');
    const sudo = `printf "%s " "$@" >> ${log}; shift; exec "$@"`;
    const host = await connectSsh({ ...to, asRoot: true, sshPath: fakeSsh({ ...user, sudo }) });
    expect(await host.readFile('/etc/text')).toBe(machine.reader.text.text);
    await host.close();
    expect(readFileSync(log, 'utf8')).toMatch(/^-n true .*-n \S+\/node \S+\.cjs agent --stdio $/s);
  });

  it('says what to allow if sudo wants a password', async () => {
    const sshPath = fakeSsh({ ...user, sudo: 'echo a password is required >&2; exit 1' });
    const details = await refusal(connectSsh({ ...to, asRoot: true, sshPath }));
    expect(details).toMatchObject({ kind: 'errno', errno: 'EACCES', argv: ['sudo', '-n', 'true'] });
    expect(details.hint).toContain('NOPASSWD');
  });

  it('that cannot store the bundle says so, and stores no part of it', async () => {
    const bad = join(folder, 'bad');
    mkdirSync(bad, { recursive: true });
    const sshPath = fakeSsh({ head: 'echo head: No space left on device >&2; echo half; exit 1' });
    const details = await refusal(connectSsh({ ...to, agentFolder: bad, sshPath }));
    expect(details.stderr).toContain('No space left on device');
    expect(details.hint).toContain('megabytes free');
    expect(readdirSync(bad)).toEqual([]);
  });

  it('that never becomes an agent is given up, with what it printed', async () => {
    const sshPath = fakeSsh({
      node: 'echo v22.0.0; [ "$1" = --version ] || { echo oh no >&2; exec sleep 20; }',
    });
    const details = await refusal(connectSsh({ ...to, sshPath, timeoutMs: 700 }));
    expect(details.stderr).toBe('no agent answered within 700 ms: oh no');
  });

  it('is not tried if the destination is an option, or there is no ssh', async () => {
    for (const destination of ['-oProxyCommand=touch /tmp/x', '', 'a b', '-w']) {
      expect((await refusal(connectSsh({ ...to, destination }))).stderr).toBe('not an ssh destination');
    }
    const details = await refusal(connectSsh({ ...to, sshPath: '/no/ssh' }));
    expect(details).toMatchObject({
      kind: 'missing',
      hint: 'on this machine: apt-get install openssh-client',
    });
  });
});
