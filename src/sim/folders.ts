import { Refusal } from './errno.ts';
import type { SimState } from './state.ts';

/** Ordinary folders of a Debian with Open vSwitch, and the one of vflane's journal. */
export const baseFolders: readonly string[] = [
  '/etc/default',
  '/etc/default/grub.d',
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
  '/run/lock',
  '/run/systemd/system',
  '/tmp',
  '/usr/local/sbin',
  '/var/lib/libvirt/images',
  '/var/lib/openvswitch',
  '/var/lib/vflane',
  '/var/log/openvswitch',
];

/** Every ordinary path; their parent folders exist implicitly. */
export function ordinaryPaths(state: SimState): readonly string[] {
  return [...Object.keys(state.files), ...Object.keys(state.links), ...state.folders];
}

export function isOrdinaryFolder(state: SimState, path: string): boolean {
  return state.folders.includes(path) || ordinaryPaths(state).some((other) => other.startsWith(`${path}/`));
}

export function isEmptyFolder(state: SimState, path: string): boolean {
  return !ordinaryPaths(state).some((other) => other.startsWith(`${path}/`));
}

/** The parent of a removed folder stays, even if it is now empty. */
function keepParent(state: SimState, path: string): void {
  const parent = path.replace(/\/[^/]*$/, '');
  if (parent !== '' && !state.folders.includes(parent)) state.folders.push(parent);
}

export function makeFolder(state: SimState, path: string): void {
  if (!state.folders.includes(path)) state.folders.push(path);
}

/** A file or a symbolic link. */
export function removeFile(state: SimState, path: string): void {
  if (!Object.hasOwn(state.files, path) && !Object.hasOwn(state.links, path)) throw new Refusal('ENOENT');
  keepParent(state, path);
  delete state.files[path];
  delete state.links[path];
}

/** A boot clears every tmpfs. */
export function forgetRuntimeFiles(state: SimState): void {
  const isRuntime = (path: string) => path.startsWith('/run/') && !baseFolders.includes(path);
  for (const path of Object.keys(state.files)) if (isRuntime(path)) delete state.files[path];
  for (const path of Object.keys(state.links)) if (isRuntime(path)) delete state.links[path];
  state.folders = state.folders.filter((path) => !isRuntime(path));
}

/** Removes a folder with everything in it. */
export function removeFolder(state: SimState, path: string): void {
  keepParent(state, path);
  const stays = (other: string) => other !== path && !other.startsWith(`${path}/`);
  state.folders = state.folders.filter(stays);
  for (const other of Object.keys(state.files)) if (!stays(other)) delete state.files[other];
  for (const other of Object.keys(state.links)) if (!stays(other)) delete state.links[other];
}
