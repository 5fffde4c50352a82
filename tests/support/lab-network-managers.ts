import { join } from 'node:path';
import type { LabHost } from './lab-host.ts';
import { unpackedPackages } from './lab-packages.ts';
import { carry, withLibraries } from './nested-qemu.ts';

const programs = [
  'usr/sbin/NetworkManager',
  'usr/bin/nmcli',
  'usr/lib/x86_64-linux-gnu/NetworkManager/1.52.1/libnm-settings-plugin-ifupdown.so',
  ...['ifup', 'ifdown', 'ifquery'].map((name) => `usr/sbin/${name}`),
];

const files = [
  ...['NetworkManager', 'networking', 'ifup@', 'ifupdown-pre'].map(
    (name) => `usr/lib/systemd/system/${name}.service`,
  ),
  // Which of the kernel's netdevs NetworkManager leaves alone by default, and what starts ifup when one appears.
  ...['80-ifupdown', '84-nm-drivers', '85-nm-unmanaged', '90-nm-thunderbolt'].map(
    (name) => `usr/lib/udev/rules.d/${name}.rules`,
  ),
  ...['usr/lib/udev/ifupdown-hotplug', 'usr/lib/ifupdown', 'etc/network', 'etc/default/networking'],
  ...['etc/NetworkManager', 'usr/share/dbus-1/system.d/org.freedesktop.NetworkManager.conf'],
];

/** Sets up Debian 13's NetworkManager and ifupdown on a host of the lab as if installed; starts and enables neither. */
export async function installNetworkManagers(lab: LabHost, host = 'alpha'): Promise<void> {
  const folder = await unpackedPackages('network-managers-trixie', ['network-manager', 'ifupdown']);
  const binaries = [];
  for (const path of programs) binaries.push(...(await withLibraries(folder, path)));
  const sshConfig = join(lab.folder, '.vflane/lab/ssh_config');
  await carry(folder, [...binaries, ...files], { sshConfig, host, to: '/' });
  await lab.ssh(setUp, host);
}

/** The lab's hosts start D-Bus after sshd, which starts after the network: NetworkManager would wait for itself. */
const setUp = `set -e
rm -f /etc/systemd/system/dbus.service.d/vflane-lab.conf
mkdir -p /var/lib/NetworkManager /etc/network/interfaces.d
printf 'source /etc/network/interfaces.d/*\\nauto lo\\niface lo inet loopback\\n' >/etc/network/interfaces
ldconfig 2>/dev/null
systemctl daemon-reload
systemctl reload dbus
udevadm control --reload
`;
