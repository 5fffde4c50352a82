import { Refusal } from './errno.ts';
import type { SimState } from './state.ts';

/** Ordinary folders that a Debian with Open vSwitch has, and the one in which vflane's journal is. */
export const baseFolders: readonly string[] = [
  '/etc/default',
  '/etc/modprobe.d',
  '/etc/modules-load.d',
  '/etc/network/interfaces.d',
  '/etc/openvswitch',
  '/etc/sysctl.d',
  '/etc/systemd/network',
  '/etc/systemd/system',
  '/etc/udev/rules.d',
  '/home',
  '/opt',
  '/root',
  '/run/openvswitch',
  '/run/systemd',
  '/tmp',
  '/usr/lib/systemd/system',
  '/usr/local/sbin',
  '/var/lib/openvswitch',
  '/var/lib/vflane',
  '/var/log/openvswitch',
];

/** Every ordinary path there is; folders above them are there because they are. */
export function ordinaryPaths(state: SimState): readonly string[] {
  return [...Object.keys(state.files), ...state.folders];
}

export function isOrdinaryFolder(state: SimState, path: string): boolean {
  return state.folders.includes(path) || ordinaryPaths(state).some((other) => other.startsWith(`${path}/`));
}

export function isEmptyFolder(state: SimState, path: string): boolean {
  return !ordinaryPaths(state).some((other) => other.startsWith(`${path}/`));
}

/** A folder above one that goes stays, though nothing else is left in it. */
function keepParent(state: SimState, path: string): void {
  const parent = path.replace(/\/[^/]*$/, '');
  if (parent !== '' && !state.folders.includes(parent)) state.folders.push(parent);
}

export function makeFolder(state: SimState, path: string): void {
  if (!state.folders.includes(path)) state.folders.push(path);
}

export function removeFile(state: SimState, path: string): void {
  if (!Object.hasOwn(state.files, path)) throw new Refusal('ENOENT');
  keepParent(state, path);
  delete state.files[path];
}

/** With all that is in it. */
export function removeFolder(state: SimState, path: string): void {
  keepParent(state, path);
  const stays = (other: string) => other !== path && !other.startsWith(`${path}/`);
  state.folders = state.folders.filter(stays);
  for (const other of Object.keys(state.files)) if (!stays(other)) delete state.files[other];
}
