import { posix } from 'node:path';
import { alternativeRecord, daemonInUse } from '../commands/packages.ts';
import { Refusal } from '../errno.ts';
import { isOrdinaryFolder, ordinaryPaths } from '../folders.ts';
import { cardOf } from '../functions.ts';
import { isInstalled } from '../packages.ts';
import type { Netdev, SimState } from '../state.ts';
import { packagedUnit, packagedUnits } from '../systemd/packaged.ts';
import { systemDir } from './hugepages.ts';
import { bootDir, infinibandDir, kernelDir, moduleDir, procDir, vfioDir } from './kernel.ts';
import { netdevDir } from './net.ts';
import { both, type DirNode, dir, file, link, listing, type Node, walk } from './node.ts';
import { devicePath, pciBus, pciTree } from './pci.ts';

/** The host's whole file tree as a process in namespace `ns` sees it: sysfs shows each namespace its own netdevs. */
export function rootOf(state: SimState, ns: string): DirNode {
  const kernelTree = dir({
    sys: () => sysDir(state, ns),
    proc: () => procDir(state, ns),
    boot: () => bootDir(state),
    etc: () => both(dir({ alternatives: () => alternativesDir(state) }), ordinary(state, '/etc/')),
    dev: () =>
      dir({
        null: () =>
          file(
            () => '',
            () => {},
          ),
        vfio: state.modules.includes('vfio') ? () => vfioDir(state) : undefined,
      }),
    var: () =>
      both(
        dir({ lib: () => both(dir({ dpkg: () => dpkgDir(state) }), ordinary(state, '/var/lib/')) }),
        ordinary(state, '/var/'),
      ),
    usr: () => both(usrDir(state), ordinary(state, '/usr/')),
    run: () => both(dir({ netns: () => namespacesDir(state) }), ordinary(state, '/run/')),
  });
  return both(kernelTree, ordinary(state, '/'));
}

/** Programs that vflane looks for before it calls them, and the packages' units. */
function usrDir(state: SimState): DirNode {
  const programs: { readonly [name: string]: string } = {
    'qemu-img': 'qemu-utils',
    'qemu-system-x86_64': 'qemu-system-x86',
    virsh: 'libvirt-clients',
  };
  const there = () => Object.keys(programs).filter((name) => isInstalled(state, programs[name] ?? ''));
  const program = (name: string) => (there().includes(name) ? file(() => '') : undefined);
  return dir({
    bin: () => both(listing(there, program), ordinary(state, '/usr/bin/')),
    lib: () => both(dir({ systemd: () => systemdDir(state) }), ordinary(state, '/usr/lib/')),
    share: () =>
      both(dir(isInstalled(state, 'ovmf') ? { OVMF: ovmfDir } : {}), ordinary(state, '/usr/share/')),
  });
}

/** The UEFI firmware and its template of variables. */
function ovmfDir(): DirNode {
  const empty = () => file(() => 'FVH');
  return dir({ 'OVMF_CODE_4M.fd': empty, 'OVMF_VARS_4M.fd': empty });
}

function systemdDir(state: SimState): DirNode {
  const folder = '/usr/lib/systemd/system/';
  const unit = (name: string) => {
    const text = packagedUnit(state, name);
    return text === undefined ? undefined : file(() => text);
  };
  const units = listing(() => packagedUnits(state), unit);
  return both(
    dir({ system: () => both(units, ordinary(state, folder)) }),
    ordinary(state, '/usr/lib/systemd/'),
  );
}

function alternativesDir(state: SimState): DirNode {
  const path = daemonInUse(state);
  return dir({ 'ovs-vswitchd': path === undefined ? undefined : () => link(path) });
}

/** dpkg's record of an alternative begins with how it was chosen: `auto` or `manual`. */
function dpkgDir(state: SimState): DirNode {
  const text = alternativeRecord(state);
  return dir({
    alternatives: () => dir({ 'ovs-vswitchd': text === undefined ? undefined : () => file(() => text) }),
  });
}

function sysDir(state: SimState, ns: string): DirNode {
  const here = () => state.netdevs.filter((n) => n.ns === ns);
  return dir({
    bus: () => dir({ pci: () => pciBus(state) }),
    class: () =>
      dir({
        net: () =>
          listing(
            () => here().map((n) => n.name),
            (name) => {
              const netdev = here().find((n) => n.name === name);
              return netdev && link(`../../devices/${netdevPath(netdev)}`);
            },
          ),
        infiniband: cardOf(state).switchdev ? () => infinibandDir(state) : undefined,
      }),
    devices: () =>
      dir({
        'pci0000:00': () => pciTree(state, ns),
        virtual: () => virtualDir(state, here),
        system: () => systemDir(state),
      }),
    kernel: () => kernelDir(state),
    module: () => moduleDir(state),
  });
}

function netdevPath(netdev: Netdev): string {
  return netdev.pci === '' ? `virtual/net/${netdev.name}` : `${devicePath(netdev.pci)}/net/${netdev.name}`;
}

function virtualDir(state: SimState, here: () => readonly Netdev[]): DirNode {
  const virtual = () => here().filter((n) => n.pci === '');
  return dir({
    net: () =>
      listing(
        () => virtual().map((n) => n.name),
        (name) => {
          const netdev = virtual().find((n) => n.name === name);
          return netdev && netdevDir(state, netdev);
        },
      ),
  });
}

function namespacesDir(state: SimState): DirNode {
  return listing(
    () => state.namespaces,
    (name) => (state.namespaces.includes(name) ? { kind: 'file' } : undefined),
  );
}

/** Files and folders that were written. */
function ordinary(state: SimState, folder: string): DirNode {
  const below = () => ordinaryPaths(state).filter((path) => path.startsWith(folder));
  return listing(
    () => [...new Set(below().map((path) => path.slice(folder.length).split('/')[0] ?? ''))],
    (name): Node | undefined => {
      const path = `${folder}${name}`;
      const text = Object.hasOwn(state.files, path) ? state.files[path] : undefined;
      const target = Object.hasOwn(state.links, path) ? state.links[path] : undefined;
      if (target !== undefined) return link(target);
      if (text !== undefined) {
        const write = (value: string) => {
          state.files[path] = value;
        };
        return { kind: 'file', read: () => text, write };
      }
      return isOrdinaryFolder(state, path) ? ordinary(state, `${path}/`) : undefined;
    },
  );
}

/** @throws Refusal */
export function readFile(state: SimState, ns: string, path: string): string {
  const { node, path: real } = walk(rootOf(state, ns), path, true);
  if (node.kind === 'dir') throw new Refusal('EISDIR');
  if (node.kind === 'link') throw new Refusal('ENOENT');
  const rootOnly = real.startsWith('/sys/kernel/debug');
  if (!node.read || (rootOnly && state.uid !== 0)) throw new Refusal('EACCES');
  return node.read();
}

export function readLink(state: SimState, path: string): string {
  const { node } = walk(rootOf(state, ''), path, false);
  if (node.kind !== 'link') throw new Refusal('EINVAL');
  return node.target;
}

export function listDir(state: SimState, ns: string, path: string): readonly string[] {
  const { node } = walk(rootOf(state, ns), path, true);
  if (node.kind !== 'dir') throw new Refusal('ENOTDIR');
  return [...node.names()].sort();
}

const kernelTrees = /^\/(sys|proc|dev|run\/netns|boot)(\/|$)/;

/** Writes an attribute, or a whole ordinary file. `create`: the error for a missing kernel file (O_CREAT gives EACCES). */
export function writeFile(
  state: SimState,
  ns: string,
  path: string,
  text: string,
  missing: 'ENOENT' | 'EACCES',
): void {
  if (!path.startsWith('/')) throw new Refusal('EINVAL');
  if (state.uid !== 0) throw new Refusal('EACCES');
  const found = lookUp(state, ns, path);
  if (!found) {
    const plain = posix.normalize(path);
    if (kernelTrees.test(plain)) throw new Refusal(missing);
    refuseWithoutFolder(state, ns, plain);
    state.files[plain] = text;
    return;
  }
  if (found.kind === 'dir') throw new Refusal('EISDIR');
  if (found.kind !== 'file' || !found.write) throw new Refusal('EACCES');
  found.write(text);
}

function refuseWithoutFolder(state: SimState, ns: string, path: string): void {
  const folder = walk(rootOf(state, ns), posix.dirname(path), true).node;
  if (folder.kind !== 'dir') throw new Refusal('ENOTDIR');
}

function lookUp(state: SimState, ns: string, path: string): Node | undefined {
  try {
    return walk(rootOf(state, ns), path, true).node;
  } catch (refusal) {
    if (refusal instanceof Refusal && refusal.errno === 'ENOENT') return undefined;
    throw refusal;
  }
}
