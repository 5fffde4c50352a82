import { closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LabError } from './errors.ts';

/** What a lab remembers between commands, in `lab.json` of its folder. */
export interface LabRecord {
  readonly hosts: readonly HostRecord[];
  readonly accel: 'kvm' | 'tcg';
  readonly image: string;
  readonly qemu: string;
  readonly memoryMb?: number;
  readonly cpus?: number;
  /** Set until every host has answered: a lab whose start was cut short is not up. */
  readonly starting?: true;
  readonly cut?: readonly CutCable[];
}

/** A cable that was cut and not joined again. */
export interface CutCable {
  readonly host: string;
  readonly port: CardPort;
  /** The PF's netdev that was taken down with it, if any. */
  readonly pfDown?: string;
}

/** A port of a host's card: 0 goes to switch A, 1 to switch B. */
export type CardPort = 0 | 1;

export type SwitchName = 'A' | 'B';

export interface HostRecord {
  readonly name: string;
  readonly sshPort: number;
}

/** The files of one host, relative to the lab's folder: QEMU runs there, and a socket's path must be short. */
export function hostFiles(name: string) {
  const at = (file: string) => `${name}/${file}`;
  return {
    folder: name,
    disk: at('disk.qcow2'),
    qmp: at('qmp.sock'),
    pid: at('qemu.pid'),
    serial: at('serial.log'),
    log: at('qemu.log'),
    hostKey: at('host-key'),
  } as const;
}

/** The files that all hosts of a lab share, relative to its folder. */
export const labFiles = {
  record: 'lab.json',
  lock: 'lock',
  sshConfig: 'ssh_config',
  knownHosts: 'known_hosts',
  authorizedKeys: 'authorized_keys',
  key: 'id_ed25519',
  switchA: 'switch-a.sock',
  switchB: 'switch-b.sock',
  switchControl: 'switch.sock',
  switchPid: 'switch.pid',
  switchLog: 'switch.log',
} as const;

/** A host's name becomes a file name, an ssh alias and a kernel argument, so only the letters of a host name are allowed. */
export function checkHostName(name: string): void {
  // Each host's folder is beside the lab's own files; this is the only one of those whose name a host could have.
  const free = name !== labFiles.lock;
  if (free && /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return;
  const said = JSON.stringify(name);
  const hint = free
    ? 'letters, digits and -, in lower case'
    : 'the lab keeps a file of that name; take another';
  throw new LabError('LAB_BAD_NAME', `${said} is not a host name`, hint);
}

/** Makes the lab's folder, closed to other users: it holds keys. */
export function makeLabFolder(dir: string): string {
  const folder = resolve(dir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** The record of the lab in `dir`; undefined if none was ever up, or somebody has spoilt it. */
export function readRecord(dir: string): LabRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(dir, labFiles.record), 'utf8')) as LabRecord;
  } catch {
    return undefined;
  }
}

/** Replaces the record at once or not at all. */
export function writeRecord(dir: string, record: LabRecord): void {
  const file = join(dir, labFiles.record);
  writeFileSync(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/**
 * Gives `use` a short path for a unix socket in `dir`: a socket's path may have at most 107 characters (unix(7)), a
 * folder's more, and /proc/self/fd/N stands for the folder while it is open.
 */
export async function throughShortPath<T>(
  dir: string,
  name: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const descriptor = openSync(dir, 'r');
  try {
    return await use(`/proc/self/fd/${descriptor}/${name}`);
  } finally {
    closeSync(descriptor);
  }
}
