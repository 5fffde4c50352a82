import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.ts';
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

/** ssh_config(5): spaces need double quotes; a % would start one of its tokens. */
function quoted(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}

/**
 * Writes ssh_config and known_hosts, and puts the keys beside them. All labs of a user share the keys, kept in the cache
 * below `root`: a snapshot of a host has read them, and so can be used in the next lab too.
 */
export async function writeSshFiles(root: string, dir: string, hosts: readonly HostRecord[]): Promise<void> {
  const take = async (name: string, file: string) => {
    const keys = await cached(root, `key-${name}`, (folder) =>
      makeKey(join(folder, 'key'), `vflane-lab-${name}`),
    );
    copyFileSync(join(keys, 'key'), join(dir, file));
    chmodSync(join(dir, file), 0o600);
    return readFileSync(join(keys, 'key.pub'), 'utf8');
  };
  writeFileSync(join(dir, labFiles.authorizedKeys), await take('user', labFiles.key));
  const known: string[] = [];
  for (const { name } of hosts) {
    mkdirSync(join(dir, hostFiles(name).folder), { recursive: true });
    known.push(`${name} ${await take(`host-${name}`, hostFiles(name).hostKey)}`);
  }
  writeFileSync(join(dir, labFiles.knownHosts), known.join(''));
  writeFileSync(join(dir, labFiles.sshConfig), sshConfigText(dir, hosts));
}

async function makeKey(file: string, comment: string): Promise<void> {
  const argv = ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file];
  const ran = await run(argv, { timeoutMs: 10_000 });
  if (ran.code === 0) return;
  throw new LabError(
    'LAB_TOOL_MISSING',
    `ssh-keygen: ${lastLines(ran.stderr)}`,
    'apt-get install openssh-client',
  );
}
