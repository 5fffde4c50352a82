import { bootPlaces } from '../model/boot.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { BootState } from '../model/host-state.ts';
import { put } from './boot-files.ts';
import { type OwnNetdevs, ownNetdevs } from './own-netdevs.ts';
import type { Placed, Resource } from './resource.ts';

const written = '# Written by vflane enable, and taken away by vflane disable.\n';

/** One file of a service: what it says of what is vflane's, or nothing. */
interface File {
  readonly service: BootState['services'][number];
  readonly path: string;
  readonly text: (own: OwnNetdevs) => string | undefined;
}

const files: readonly File[] = [
  {
    service: 'networkManager',
    path: bootPlaces.networkManager,
    // It adds to what others keep off, and comes after whatever would replace it. A `managed=0` of a device's section is
    // read at a device's first sight only: one that NetworkManager has already it keeps (1.52, tests/lab-network-managers).
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
];

function unmanaged(key: string, values: readonly string[]): string | undefined {
  if (values.length === 0) return undefined;
  return `${written}[Match]\n${key}=${values.join(' ')}\n\n[Link]\nUnmanaged=yes\n`;
}

/**
 * Has it read its files again, without a restart: one of networkd would give the way in's lease back. NetworkManager's unit
 * can reload, and one that does not run is left so (systemctl(1), try-reload-or-restart).
 */
const reloads: { readonly [service in File['service']]: readonly string[] } = {
  networkManager: ['systemctl', 'try-reload-or-restart', 'NetworkManager.service'],
  networkd: ['networkctl', 'reload'],
};

/**
 * Keeps the host's own network services off what is vflane's: in files of vflane's own, and only where the service is
 * installed. They would give it addresses, take it down, or wait for it.
 */
export const keepOff: Resource = {
  kind: 'keep-off',
  timeoutMs: 5_000,
  wanted: (spec, { boot }) => (spec.boot && boot ? wantedOf(spec, boot) : []),
  there: ({ boot }) =>
    Object.entries(boot?.keepOff ?? {}).flatMap(([at, value]) => (value === null ? [] : [{ at, value }])),
  move: (at, _from, to) => {
    const once = files.flatMap(({ path, service }) => (path === at ? [{ run: reloads[service] }] : []));
    return { actions: put(at, to as string | null), once };
  },
  settled: () => [],
  why: (_from, to) =>
    to === null
      ? 'Leave all netdevs to the host’s own network service again.'
      : 'Keep the host’s own network service off what is vflane’s.',
};

function wantedOf(spec: HostSpec, { services }: BootState): readonly Placed<string>[] {
  const own = ownNetdevs(spec);
  return files.flatMap(({ service, path, text }) => {
    const value = services.includes(service) ? text(own) : undefined;
    return value === undefined ? [] : [{ at: path, value }];
  });
}
