import { createHash } from 'node:crypto';
import { guestFiles } from './recipe-files.ts';
import { type NetdevsimRecipe, netdevsimRecipe } from './recipe-netdevsim.ts';
import { customise, hook } from './recipe-script.ts';

/** Everything that determines the content of the lab's image. Its hash is the image's name in the cache. */
export interface Recipe {
  readonly suite: string;
  readonly packages: readonly string[];
  readonly leftOut: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly hook: string;
  readonly customise: string;
  readonly netdevsim: NetdevsimRecipe;
  readonly diskSize: string;
}

/** Debian 13 as a host of a fabric: stock kernel, systemd, Node for vflane's agent, nothing configured. */
export const recipe: Recipe = {
  suite: 'trixie',
  packages: [
    ...['linux-image-amd64', 'systemd', 'systemd-sysv', 'dbus', 'udev', 'kmod', 'busybox-static'],
    ...['iproute2', 'ethtool', 'iputils-ping', 'iputils-arping', 'pciutils', 'util-linux', 'procps'],
    ...['openssh-server', 'tcpdump', 'iperf3', 'nftables', 'nodejs', 'openvswitch-switch'],
    // DPDK's drivers are only recommended packages, which mmdebstrap does not install.
    ...['openvswitch-switch-dpdk', 'librte-mempool-ring25', 'librte-net-e1000-25'],
  ],
  leftOut: ['/usr/share/man/*', '/usr/share/doc/*', '/usr/share/locale/*', '/usr/share/info/*'],
  files: guestFiles,
  hook,
  customise,
  netdevsim: netdevsimRecipe,
  diskSize: '4G',
};

/** Twelve hex digits that change when the image would. */
export function recipeHash(of: Recipe): string {
  return createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, 12);
}
