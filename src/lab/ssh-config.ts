import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from './errors.ts';
import { type HostRecord, hostFiles, labFiles } from './folder.ts';
import { lastLines, run } from './run.ts';

/** The text of the lab's ssh_config: `ssh -F FILE alpha` reaches a host of the lab, and nothing else. */
export function sshConfigText(dir: string, hosts: readonly HostRecord[]): string {
  const each = hosts.map(
    (host) => `Host ${host.name}\n  Port ${host.sshPort}\n  HostKeyAlias ${host.name}\n`,
  );
  return `${each.join('\n')}
Host *
  HostName 127.0.0.1
  User root
  IdentityFile ${quoted(join(dir, labFiles.key))}
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile ${quoted(join(dir, labFiles.knownHosts))}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  BatchMode yes
  ConnectTimeout 15
  ServerAliveInterval 10
  LogLevel ERROR
`;
}

/** ssh_config(5): double quotes around spaces; a % would begin one of its tokens. */
function quoted(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}

/** Writes ssh_config and known_hosts; makes the lab's key and each host's where they are missing. */
export async function writeSshFiles(dir: string, hosts: readonly HostRecord[]): Promise<void> {
  await makeKey(join(dir, labFiles.key), 'vflane-lab');
  writeFileSync(join(dir, labFiles.authorizedKeys), publicKey(join(dir, labFiles.key)));
  const known: string[] = [];
  for (const { name } of hosts) {
    const key = join(dir, hostFiles(name).hostKey);
    await makeKey(key, name);
    known.push(`${name} ${publicKey(key)}`);
  }
  writeFileSync(join(dir, labFiles.knownHosts), known.join(''));
  writeFileSync(join(dir, labFiles.sshConfig), sshConfigText(dir, hosts));
}

function publicKey(key: string): string {
  return readFileSync(`${key}.pub`, 'utf8');
}

async function makeKey(file: string, comment: string): Promise<void> {
  if (existsSync(file)) return;
  const argv = ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file];
  const ran = await run(argv, { timeoutMs: 10_000 });
  if (ran.code === 0) return;
  throw new LabError(
    'LAB_TOOL_MISSING',
    `ssh-keygen: ${lastLines(ran.stderr)}`,
    'apt-get install openssh-client',
  );
}
