import { bootPlaces } from '../model/boot.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { BootState, HostState } from '../model/host-state.ts';
import type { Action } from '../model/plan.ts';
import { isUnseen } from '../model/unseen.ts';
import { daemonReload, leaveFolder, put } from './boot-files.ts';
import { type OwnNetdevs, ownNetdevs } from './own-netdevs.ts';
import type { Placed, Resource } from './resource.ts';

const written = '# Written by vflane enable, and taken away by vflane disable.\n';

/** One file for a service: what it says about vflane's netdevs, or nothing. */
interface File {
  readonly service: BootState['services'][number] | 'ifupdown';
  readonly path: string;
  readonly text: (own: Own) => string | undefined;
}

/** `inIfupdown`: those netdevs that ifupdown's files name. */
type Own = OwnNetdevs & { readonly inIfupdown: readonly string[] };

const files: readonly File[] = [
  {
    service: 'networkManager',
    path: bootPlaces.networkManager,
    // It adds to what others exclude, and sorts after whatever would replace it. A `managed=0` in a device's section is
    // read only when a device first appears: NetworkManager keeps one that it already has (1.52, tests/lab-network-managers).
    text: ({ names, macs }) => {
      const all = [...names.map((name) => `interface-name:=${name}`), ...macs.map((mac) => `mac:${mac}`)];
      return all.length === 0 ? undefined : `${written}[keyfile]\nunmanaged-devices+=${all.join(';')}\n`;
    },
  },
  // The first file that matches counts (systemd.network(5)): before netplan's 10- and the distribution's 80-.
  {
    service: 'networkd',
    path: bootPlaces.networkd,
    text: ({ names }) => unmanaged('Name', names),
  },
  {
    service: 'networkd',
    path: bootPlaces.networkdPorts,
    text: ({ macs }) => unmanaged('PermanentMACAddress', macs),
  },
  // `ifup -a --read-environment`, as Debian's unit has it, for what is `auto` (networking.service).
  {
    service: 'ifupdown',
    path: bootPlaces.ifupdown,
    text: ({ inIfupdown }) =>
      dropIn(inIfupdown, (all) => [`Environment="EXCLUDE_INTERFACES=${all.join(' ')}"`]),
  },
  // What is `allow-hotplug` is started by udev, each as an instance; a condition that does not hold fails no unit.
  {
    service: 'ifupdown',
    path: bootPlaces.ifupdownHotplug,
    text: ({ inIfupdown }) =>
      dropIn(inIfupdown, (all) => all.map((name) => `ExecCondition=/usr/bin/test %I != ${name}`)),
  },
];

function dropIn(names: readonly string[], lines: (names: readonly string[]) => readonly string[]) {
  return names.length === 0 ? undefined : `${written}[Service]\n${lines(names).join('\n')}\n`;
}

function unmanaged(key: string, values: readonly string[]): string | undefined {
  if (values.length === 0) return undefined;
  return `${written}[Match]\n${key}=${values.join(' ')}\n\n[Link]\nUnmanaged=yes\n`;
}

/**
 * Makes it read its files again, without a restart: networkd's would release the DHCP lease of the operator's way in. NetworkManager's unit
 * can reload, and a stopped one is left so (systemctl(1), try-reload-or-restart).
 */
const reloads: { readonly [service in File['service']]: Action } = {
  networkManager: { run: ['systemctl', 'try-reload-or-restart', 'NetworkManager.service'] },
  networkd: { run: ['networkctl', 'reload'] },
  ifupdown: daemonReload,
};

/**
 * Keeps the host's own network services off vflane's netdevs, by files of vflane's own, and only if the service is
 * installed. The services would give the netdevs addresses, take them down, or wait for them.
 */
export const keepOff: Resource = {
  kind: 'keep-off',
  timeoutMs: 5_000,
  wanted: (spec, state) => (spec.boot && state.boot ? wantedOf(spec, state, state.boot) : []),
  there: ({ boot }) =>
    Object.entries(boot?.keepOff ?? {}).flatMap(([at, value]) => (value === null ? [] : [{ at, value }])),
  move: (at, _from, to) => {
    const service = files.find(({ path }) => path === at)?.service;
    const left = to === null && service === 'ifupdown' ? [leaveFolder(at.replace(/\/[^/]*$/, ''))] : [];
    return {
      actions: [...put(at, to as string | null), ...left],
      once: service === undefined ? [] : [reloads[service]],
    };
  },
  settled: () => [],
  why: (_from, to) =>
    to === null
      ? 'Leave all netdevs to the host’s own network service again.'
      : 'Keep the host’s own network service away from vflane’s netdevs.',
};

function wantedOf(spec: HostSpec, state: HostState, { services }: BootState): readonly Placed<string>[] {
  const own = { ...ownNetdevs(spec), inIfupdown: ownInIfupdown(spec, state) };
  return files.flatMap(({ service, path, text }) => {
    const isThere = service === 'ifupdown' || services.includes(service);
    const value = isThere ? text(own) : undefined;
    return value === undefined ? [] : [{ at: path, value }];
  });
}

/** Netdevs that are vflane's and also in ifupdown's files. */
export function ownInIfupdown(spec: HostSpec, { boot, links }: HostState): readonly string[] {
  if (boot === undefined || isUnseen(boot.ifupdown)) return [];
  const { names, macs } = ownNetdevs(spec);
  const ports = isUnseen(links)
    ? []
    : links.filter(({ mac, permanentMac = mac }) => macs.includes(permanentMac)).map(({ name }) => name);
  const own = new Set([...names, ...ports]);
  return boot.ifupdown.filter((name) => own.has(name));
}
