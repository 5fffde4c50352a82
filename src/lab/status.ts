import { join, resolve } from 'node:path';
import { LabError } from './errors.ts';
import { type HostRecord, hostFiles, labFiles, readRecord } from './folder.ts';
import { greets } from './machine.ts';
import { ownPid } from './process.ts';

interface HostStatus extends HostRecord {
  /** `silent`: its QEMU runs and its sshd does not answer. */
  readonly state: 'up' | 'silent' | 'stopped';
  readonly pid?: number;
}

export interface LabStatus {
  readonly dir: string;
  readonly hosts: readonly HostStatus[];
  readonly switches: 'up' | 'stopped';
}

/** What of the lab in `dir` runs now; no hosts where there never was a lab. */
export async function labStatus(options: { readonly dir: string }): Promise<LabStatus> {
  const dir = resolve(options.dir);
  const hosts = await Promise.all((readRecord(dir)?.hosts ?? []).map((host) => hostStatus(dir, host)));
  return { dir, hosts, switches: ownPid(dir, labFiles.switchPid) === undefined ? 'stopped' : 'up' };
}

async function hostStatus(dir: string, host: HostRecord): Promise<HostStatus> {
  const pid = ownPid(dir, hostFiles(host.name).pid);
  if (pid === undefined) return { ...host, state: 'stopped' };
  return { ...host, pid, state: (await greets(host.sshPort, 3_000)) ? 'up' : 'silent' };
}

/** The lab's own ssh_config. */
export function labSshConfig(dir: string): string {
  return join(resolve(dir), labFiles.sshConfig);
}

/** ssh's first arguments for a host of the lab: `ssh ...labDestination(dir, 'alpha') COMMAND`. Throws LAB_NOT_UP. */
export function labDestination(dir: string, host: string): readonly string[] {
  const known = readRecord(resolve(dir))?.hosts.map(({ name }) => name) ?? [];
  if (known.includes(host)) return ['-F', labSshConfig(dir), host];
  const has = known.length === 0 ? 'there is no lab' : `the lab has ${known.join(', ')}`;
  throw new LabError(
    'LAB_NOT_UP',
    `no host ${JSON.stringify(host)} in ${resolve(dir)}: ${has}`,
    '`vflane lab up`',
  );
}

/** The hosts whose QEMU runs. */
export function runningHosts(dir: string): readonly string[] {
  const names = readRecord(dir)?.hosts.map(({ name }) => name) ?? [];
  return names.filter((name) => ownPid(dir, hostFiles(name).pid) !== undefined);
}
