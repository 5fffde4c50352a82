import { parse } from 'yaml';
import { kernelOf, vfAt } from '../functions.ts';
import { zeroMac } from '../macs.ts';
import { endProcess } from '../processes.ts';
import type { Process, SimState } from '../state.ts';
import { optionsOf } from './qemu-args.ts';
import { traitsOf } from './traits.ts';

/** qemu-guest-agent inside a Debian guest: one answer per line, except for commands without one (shutdown). */
export function askAgent(state: SimState, process: Process, line: string): readonly string[] {
  const asked = commandIn(line);
  if (asked === undefined) return [error('GenericError', 'JSON parse error')];
  const verbs: { readonly [name: string]: (() => unknown) | undefined } = {
    'guest-ping': () => ({}),
    'guest-sync': () => asked.arguments?.id,
    'guest-info': () => ({
      version: kernelOf(state).debian >= 13 ? '10.0.3' : '7.2.22',
      supported_commands: [],
    }),
    'guest-get-host-name': () => ({ 'host-name': process.machine?.name ?? '' }),
    'guest-get-osinfo': () => ({ id: 'debian', name: 'Debian GNU/Linux', 'version-id': '13' }),
    'guest-network-get-interfaces': () => interfacesOf(state, process).map(({ mtu: _, ...shown }) => shown),
    'guest-file-open': () => handleOf(interfacesOf(state, process), `${asked.arguments?.path}`),
    'guest-file-read': () =>
      fileRead(interfacesOf(state, process)[Number(asked.arguments?.handle) - firstHandle]),
    'guest-file-close': () => ({}),
    'guest-shutdown': () => {
      endProcess(state, process.pid);
      return undefined;
    },
  };
  const isFile = asked.execute.startsWith('guest-file-');
  const refused = isFile && process.machine !== undefined && traitsOf(state, process.machine).opensNoFiles;
  const act = !refused && Object.hasOwn(verbs, asked.execute) ? verbs[asked.execute] : undefined;
  if (!act) return [error('CommandNotFound', `The command ${asked.execute} has not been found`)];
  const value = act();
  if (value === undefined && isFile)
    return [error('GenericError', 'failed to open file: No such file or directory')];
  return value === undefined ? [] : [JSON.stringify({ return: value })];
}

interface Asked {
  readonly execute: string;
  readonly arguments?: { readonly id?: unknown; readonly path?: unknown; readonly handle?: unknown };
}

function commandIn(line: string): Asked | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const fits = typeof value === 'object' && value !== null && 'execute' in value;
    return fits && typeof value.execute === 'string' ? (value as Asked) : undefined;
  } catch {
    return undefined;
  }
}

function error(name: string, desc: string): string {
  return JSON.stringify({ error: { class: name, desc } });
}

/** The MACs that the guest sees, in the order of its slots. */
function macsOf(state: SimState, process: Process): readonly string[] {
  const vfs = process.vfs.flatMap((pci) => {
    const mac = vfAt(state, pci)?.vf.admin.mac;
    return mac === undefined ? [] : [mac === zeroMac ? '0e:00:00:00:00:01' : mac];
  });
  const virtio = process.argv.flatMap((word, at) => {
    const { '': driver, mac } = optionsOf(word);
    return process.argv[at - 1] === '-device' && driver === 'virtio-net-pci' && mac
      ? [mac.toLowerCase()]
      : [];
  });
  return [...vfs, ...virtio];
}

/** cloud-init's network-config version 2 (netplan's): only links, bonds and addresses. */
interface NetworkConfig {
  readonly ethernets?: { readonly [name: string]: Link };
  readonly bonds?: { readonly [name: string]: Link & { readonly interfaces?: readonly string[] } };
}

interface Link {
  readonly mtu?: number;
  readonly match?: { readonly macaddress?: string };
  readonly 'set-name'?: string;
  readonly addresses?: readonly (string | object)[];
}

function configOf(state: SimState, process: Process): NetworkConfig {
  const { machine } = process;
  if (!machine || traitsOf(state, machine).ignoresNetwork) return {};
  const value: unknown = machine.networkConfig === undefined ? undefined : parse(machine.networkConfig);
  const inner = typeof value === 'object' && value !== null && 'network' in value ? value.network : value;
  return typeof inner === 'object' && inner !== null ? (inner as NetworkConfig) : {};
}

/** qga/commands-posix.c: every netdev with its addresses. */
function interfacesOf(state: SimState, process: Process): readonly Interface[] {
  const config = configOf(state, process);
  const links = Object.entries(config.ethernets ?? {});
  const own = (mac: string) => links.find(([, link]) => link.match?.macaddress?.toLowerCase() === mac);
  const nics = macsOf(state, process).map((mac, at) => {
    const found = own(mac);
    return { key: found?.[0] ?? '', name: found?.[1]['set-name'] ?? `enp${at + 1}s0`, mac, link: found?.[1] };
  });
  const bonds = Object.entries(config.bonds ?? {}).map(([name, bond]) => {
    const first = nics.find((nic) => bond.interfaces?.includes(nic.key));
    return { name, mac: first?.mac ?? zeroMac, link: bond };
  });
  return [
    record('lo', '00:00:00:00:00:00', { mtu: 65536, addresses: ['127.0.0.1/8', '::1/128'] }),
    ...[...nics, ...bonds].map(({ name, mac, link }) => record(name, mac, link)),
  ];
}

/** A guest's only files are its netdevs' MTUs; a handle stands for a netdev's position. */
const firstHandle = 1000;

function handleOf(all: readonly Interface[], path: string): number | undefined {
  const at = all.findIndex(({ name }) => path === `/sys/class/net/${name}/mtu`);
  return at < 0 ? undefined : firstHandle + at;
}

function fileRead(one: Interface | undefined): object | undefined {
  const text = `${one?.mtu}\n`;
  return one && { count: text.length, 'buf-b64': Buffer.from(text).toString('base64'), eof: true };
}

interface Interface {
  readonly name: string;
  readonly 'hardware-address': string;
  readonly mtu: number;
}

function record(name: string, mac: string, { mtu = 1500, addresses = [] }: Link = {}): Interface {
  const texts = addresses.map((one) => (typeof one === 'string' ? one : (Object.keys(one)[0] ?? '')));
  const ips = texts.map((text) => {
    const [ip = '', prefix = '0'] = text.split('/');
    const type = ip.includes(':') ? 'ipv6' : 'ipv4';
    return { 'ip-address-type': type, 'ip-address': ip, prefix: Number(prefix) };
  });
  return { name, mtu, ...(ips.length > 0 ? { 'ip-addresses': ips } : {}), 'hardware-address': mac };
}
