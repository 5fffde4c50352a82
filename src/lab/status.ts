import { join, resolve } from 'node:path';
import { LabError } from './errors.ts';
import {
  type CardPort,
  type HostRecord,
  hostFiles,
  type LabRecord,
  labFiles,
  readRecord,
  type SwitchName,
} from './folder.ts';
import { greets } from './machine.ts';
import { ownPid } from './process.ts';
import { withQmp } from './qmp.ts';
import { askSwitches, switchesRun } from './switch-client.ts';

export interface HostStatus extends HostRecord {
  /** `silent`: its QEMU runs but its sshd does not answer; `paused`: QEMU has stopped it, and `why` gives the reason. */
  readonly state: 'up' | 'silent' | 'paused' | 'stopped';
  readonly why?: string;
  readonly pid?: number;
  readonly cables: { readonly [port in CardPort]: 'joined' | 'cut' };
}

export interface LabStatus {
  readonly dir: string;
  readonly hosts: readonly HostStatus[];
  readonly switches: 'up' | 'stopped';
  /** Absent if the switches do not run. */
  readonly switch?: { readonly [name in SwitchName]: 'alive' | 'dead' };
  /** A `lab up` is running or was cut short. */
  readonly starting: boolean;
}

/** Which parts of the lab in `dir` run now; no hosts if there never was a lab. */
export async function labStatus(options: { readonly dir: string }): Promise<LabStatus> {
  const dir = resolve(options.dir);
  const record = readRecord(dir);
  const [hosts, switches] = await Promise.all([
    Promise.all((record?.hosts ?? []).map((host) => hostStatus(dir, record, host))),
    switchesStatus(dir),
  ]);
  return { dir, hosts, ...switches, starting: record?.starting === true };
}

async function switchesStatus(dir: string): Promise<Pick<LabStatus, 'switches' | 'switch'>> {
  if (!switchesRun(dir)) return { switches: 'stopped' };
  const said = await askSwitches(dir, { ask: 'status' }).catch(() => undefined);
  if (said === undefined) return { switches: 'up' };
  const word = (name: SwitchName) => (said[name].alive ? 'alive' : 'dead');
  return { switches: 'up', switch: { A: word('A'), B: word('B') } };
}

async function hostStatus(dir: string, record: LabRecord | undefined, host: HostRecord): Promise<HostStatus> {
  const isCut = (port: CardPort) => record?.cut?.some((one) => one.host === host.name && one.port === port);
  const cable = (port: CardPort) => (isCut(port) ? 'cut' : 'joined');
  const known = { ...host, cables: { 0: cable(0), 1: cable(1) } } as const;
  const pid = ownPid(dir, hostFiles(host.name).pid);
  if (pid === undefined) return { ...known, state: 'stopped' };
  if (await greets(host.sshPort, 3_000)) return { ...known, pid, state: 'up' };
  const held = await heldBecause(dir, host.name);
  return held ? { ...known, pid, state: 'paused', why: held } : { ...known, pid, state: 'silent' };
}

/** QEMU pauses a host whose disk it cannot write (werror=enospc is its default), until it is told to resume. */
async function heldBecause(dir: string, name: string): Promise<string | undefined> {
  const ask = withQmp(dir, hostFiles(name).qmp, 3_000, (qmp) => qmp.execute('query-status'));
  const status = (await ask.catch(() => undefined)) as { readonly status?: string } | undefined;
  if (status?.status === 'io-error')
    return `this machine's disk is full below ${dir}: free some, then power-cycle it`;
  return status?.status === 'running' || status === undefined ? undefined : status.status;
}

/** Path of the lab's own ssh_config. */
export function labSshConfig(dir: string): string {
  return join(resolve(dir), labFiles.sshConfig);
}

/** ssh's first arguments for a host of the lab: `ssh ...labDestination(dir, 'alpha') COMMAND`. Throws LAB_NOT_UP. */
export function labDestination(dir: string, host: string): readonly string[] {
  const known = readRecord(resolve(dir))?.hosts.map(({ name }) => name) ?? [];
  if (known.includes(host)) return ['-F', labSshConfig(dir), host];
  const [has, hint] =
    known.length === 0
      ? ['there is no lab', '`vflane lab up`']
      : [`the lab has ${known.join(', ')}`, `name one of these: ${known.join(', ')}`];
  throw new LabError('LAB_NOT_UP', `no host ${JSON.stringify(host)} in ${resolve(dir)}: ${has}`, hint);
}

/** The hosts whose QEMU runs. */
export function runningHosts(dir: string): readonly string[] {
  const names = readRecord(dir)?.hosts.map(({ name }) => name) ?? [];
  return names.filter((name) => ownPid(dir, hostFiles(name).pid) !== undefined);
}
