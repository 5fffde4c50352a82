import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LabHost } from './lab-host.ts';
import { unpackedPackages } from './lab-packages.ts';
import { carry, withLibraries } from './nested-qemu.ts';

const programs = [
  'usr/sbin/libvirtd',
  'usr/sbin/virtlogd',
  'usr/bin/virsh',
  'usr/lib/libvirt/libvirt_iohelper',
];
const packages = ['libvirt-daemon', 'libvirt-daemon-driver-qemu', 'libvirt-daemon-system', 'libvirt-clients'];
const drivers = 'usr/lib/x86_64-linux-gnu/libvirt/connection-driver';
const units = ['libvirtd', 'virtlogd'].flatMap((name) =>
  ['.service', '.socket', '-admin.socket', ...(name === 'libvirtd' ? ['-ro.socket'] : [])].map(
    (kind) => `usr/lib/systemd/system/${name}${kind}`,
  ),
);

/**
 * Sets up Debian 13's libvirt on a host of the lab as if installed, with its packages' users. The lab's hosts lack polkit,
 * which elsewhere lets root in: here there is no access check.
 */
export async function installLibvirt(lab: LabHost, host = 'alpha'): Promise<void> {
  const folder = await unpackedPackages('libvirt-trixie', packages);
  const loaded = readdirSync(join(folder, drivers)).map((name) => `${drivers}/${name}`);
  const binaries = [];
  for (const path of [...programs, ...loaded]) binaries.push(...(await withLibraries(folder, path)));
  const files = [...binaries, ...units, 'etc/libvirt', 'usr/share/libvirt'];
  await carry(folder, files, { sshConfig: join(lab.folder, '.vflane/lab/ssh_config'), host, to: '/' });
  await lab.ssh(setUp, host);
}

const setUp = `set -e
grep -q ^kvm: /etc/group || echo kvm:x:993: >>/etc/group
echo libvirt:x:992: >>/etc/group
echo libvirt-qemu:x:64055:libvirt-qemu >>/etc/group
echo "libvirt-qemu:x:64055:$(sed -n 's/^kvm:[^:]*:\\([0-9]*\\):.*/\\1/p' /etc/group):Libvirt Qemu:/var/lib/libvirt:/usr/sbin/nologin" >>/etc/passwd
mkdir -p /var/lib/libvirt/qemu /var/cache/libvirt/qemu /var/log/libvirt/qemu
chown libvirt-qemu:kvm /var/lib/libvirt/qemu /var/cache/libvirt/qemu
echo 'auth_unix_rw = "none"' >>/etc/libvirt/libvirtd.conf
ldconfig 2>/dev/null
systemctl daemon-reload
systemctl start virtlogd.socket libvirtd.service
`;
