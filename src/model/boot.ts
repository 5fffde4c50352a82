import type { Fabric, FabricHost } from './fabric.ts';
import type { Finding } from './finding.ts';
import type { HostSpec } from './host-spec.ts';
import type { PciAddress } from './names.ts';

const folder = '/var/lib/vflane/boot';

/** Where a host keeps what brings it back after a reboot, and the systemd files that start it. */
export const bootPlaces = {
  folder,
  /** What the host was last asked to be: a `BootDocument`. */
  document: `${folder}/host.json`,
  /** The result of the last start: a `BootReport`. */
  report: `${folder}/report.json`,
  program: `${folder}/vflane.cjs`,
  /** A Node snapshot of the program with its boot verb compiled (`node --build-snapshot`). */
  snapshot: `${folder}/vflane.snapshot`,
  /** A `BootSnapshot`: what the snapshot was made of. */
  snapshotOf: `${folder}/vflane.snapshot.json`,
  unit: 'vflane-boot.service',
  unitFile: '/etc/systemd/system/vflane-boot.service',
  /** Exists while the unit is enabled. */
  unitLink: '/etc/systemd/system/multi-user.target.wants/vflane-boot.service',
  /** Keeps ovs-vswitchd from starting before the card is ready for DPDK. */
  gate: '/etc/systemd/system/ovs-vswitchd.service.d/vflane-boot.conf',
  networkManager: '/etc/NetworkManager/conf.d/zz-vflane.conf',
  networkd: '/etc/systemd/network/05-vflane.network',
  networkdPorts: '/etc/systemd/network/05-vflane-ports.network',
  /** ifupdown's own files are the host's, so its units are told instead: one for `auto`, one for `allow-hotplug`. */
  ifupdown: '/etc/systemd/system/networking.service.d/vflane.conf',
  ifupdownHotplug: '/etc/systemd/system/ifup@.service.d/vflane.conf',
} as const;

/** Copies of vflane that came over ssh, each named by its checksum. */
export const copies = {
  folder: '/var/lib/vflane/agent',
  pathOf: (sha256: string): string => `/var/lib/vflane/agent/vflane-${sha256}.cjs`,
  /** `undefined` for any other path. */
  shaOf: (path: string): string | undefined =>
    /^\/var\/lib\/vflane\/agent\/vflane-([0-9a-f]{64})\.cjs$/.exec(path)?.[1],
} as const;

/** All that a host needs to bring itself back alone: its part of the fabric, and the spec made from it. */
export interface BootDocument {
  readonly schema: 'vflane.boot/1';
  /** Without the places of its keys, and with only the networks that the host has. */
  readonly fabric: Pick<Fabric, 'name' | 'networks'> & { readonly file: string };
  readonly host: FabricHost;
  readonly spec: HostSpec;
  /** The card's ports with their permanent MACs, by which the card is recognized. */
  readonly ports: readonly CardPort[];
}

/** What a snapshot was made from; Node starts only its own (Node.js, CLI, --snapshot-blob). */
export interface BootSnapshot {
  /** Path of the Node that made it and starts it. */
  readonly node: string;
  /** Path of the program. */
  readonly program: string;
  /** Changes with the program and with Node. */
  readonly id: string;
}

export interface CardPort {
  readonly pci: PciAddress;
  /** The permanent one, whatever it has now. */
  readonly mac: string;
}

/** The result of a start of the host. */
export interface BootReport {
  readonly schema: 'vflane.boot-report/1';
  readonly bootId: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Milliseconds from when vflane was started to when it was done. */
  readonly tookMs: number;
  /** `as-asked`: verified; `failed`: the findings say why. */
  readonly outcome: 'as-asked' | 'failed';
  readonly planId?: string;
  readonly findings: readonly Finding[];
}
