import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Why no sshd can be started here; undefined if one can. */
export const noSshd = existsSync('/usr/sbin/sshd')
  ? undefined
  : 'there is no /usr/sbin/sshd: apt-get install openssh-server';

/** A real sshd on the loopback with keys of its own, and an ssh_config that leads to it as `alpha`. */
export interface Sshd {
  readonly folder: string;
  readonly config: string;
  readonly port: number;
  stop(): void;
}

export async function startSshd(): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'vflane-sshd-'));
  const port = await freePort();
  for (const key of ['host', 'user']) {
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)]);
  }
  spawnSync('cp', [join(folder, 'user.pub'), join(folder, 'authorized_keys')]);
  const hostKey = spawnSync('cat', [join(folder, 'host.pub')], { encoding: 'utf8' }).stdout;
  writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${hostKey}`);
  writeFileSync(join(folder, 'sshd_config'), sshdConfig(folder, port));
  writeFileSync(join(folder, 'ssh_config'), sshConfig(folder, port));
  // Started by root, sshd insists on this folder, which its service would have made.
  if (process.geteuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(folder, 'sshd_config')]);
  await listening(child);
  return { folder, config: join(folder, 'ssh_config'), port, stop: () => stop(child, folder) };
}

function sshdConfig(folder: string, port: number): string {
  return `ListenAddress 127.0.0.1:${port}
HostKey ${folder}/host
AuthorizedKeysFile ${folder}/authorized_keys
PidFile none
StrictModes no
UsePAM no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 100
SetEnv PATH=${dirname(process.execPath)}:/usr/bin:/bin
`;
}

/** Includes settings that users may have, which must not get between us and the agent. */
function sshConfig(folder: string, port: number): string {
  return `Host alpha
  HostName 127.0.0.1
  RemoteCommand echo no agent
  RequestTTY yes
  LocalForward 127.0.0.1:${port} 127.0.0.1:1
  ExitOnForwardFailure yes
Host *
  Port ${port}
  IdentityFile ${folder}/user
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile ${folder}/known_hosts
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function listening(child: ChildProcess): Promise<void> {
  let said = '';
  const heard = new Promise<void>((resolve, reject) => {
    child.on('exit', () => reject(new Error(`sshd ended: ${said}`)));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('Server listening')) resolve();
    });
  });
  await heard;
}

function stop(child: ChildProcess, folder: string): void {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
