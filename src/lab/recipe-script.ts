/** Printed by an initrd that was started only to see whether a kernel runs at all. */
export const probeMark = 'vflane-lab-probe-ok';

/** The kernel argument for such a start. */
export const probeArgument = 'vflane_lab_probe';

/** Run by mmdebstrap with the new root as its argument; the recipe's files are beside it. */
export const hook = `#!/bin/sh
set -eu
umask 022
cp -R "$(dirname "$0")/files/." "$1/"
chroot "$1" sh -eu /usr/lib/vflane-lab/customise
`;

/** Five modules instead of Debian's 38 MB initrd: saves ten seconds on an emulated processor. */
const init = `#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
case "$(/bin/busybox cat /proc/cmdline)" in
*${probeArgument}*) echo ${probeMark}; /bin/busybox sleep 1; /bin/busybox poweroff -f ;;
esac
for module in $(/bin/busybox cat /order); do /bin/busybox insmod "/modules/$module"; done
tries=0
until [ -b /dev/vda ] || [ $tries -gt 100 ]; do tries=$((tries+1)); /bin/busybox sleep 0.1; done
/bin/busybox mount -t ext4 -o rw,noatime /dev/vda /root || exec /bin/busybox poweroff -f
/bin/busybox umount /proc
/bin/busybox mount --move /dev /root/dev
exec /bin/busybox switch_root /root /sbin/init
`;

/** Units that cost time at boot and that a host of the lab does not need. */
const masked = [
  ...['getty@tty1.service', 'serial-getty@ttyS0.service', 'getty-static.service', 'getty.target'],
  ...['e2scrub_all.timer', 'e2scrub_reap.service', 'fstrim.timer', 'dpkg-db-backup.timer'],
  ...['systemd-pstore.service', 'systemd-firstboot.service', 'systemd-hwdb-update.service'],
  ...[
    'systemd-journal-catalog-update.service',
    'systemd-journal-flush.service',
    'systemd-update-done.service',
  ],
  ...['systemd-sysusers.service', 'systemd-update-utmp.service', 'systemd-random-seed.service'],
  ...['ldconfig.service', 'kmod-static-nodes.service', 'sshd-keygen.service', 'ssh.socket'],
  ...['modprobe@configfs.service', 'modprobe@drm.service', 'modprobe@efi_pstore.service'],
  ...['modprobe@fuse.service', 'modprobe@dm_mod.service', 'modprobe@loop.service'],
  ...['dev-mqueue.mount', 'sys-kernel-tracing.mount', 'sys-fs-fuse-connections.mount'],
  ...['sys-kernel-config.mount', 'systemd-ask-password-console.path', 'systemd-ask-password-wall.path'],
  ...['systemd-tpm2-setup-early.service', 'systemd-tpm2-setup.service', 'systemd-network-generator.service'],
  ...['systemd-udev-load-credentials.service', 'systemd-hostnamed.socket', 'uuidd.socket'],
];

/** Every generator is one more process before the first unit starts, and there is nothing here to generate. */
const generators = [
  ...['debug', 'fstab', 'getty', 'gpt-auto', 'hibernate-resume', 'rc-local', 'run', 'ssh', 'system-update'],
  ...['sysv', 'tpm2'],
];

/** Installed for the overlay datapaths, and not started until vflane does it. */
const disabled = ['openvswitch-switch', 'ovs-vswitchd', 'ovsdb-server', 'ovs-record-hostname', 'nftables'];

/** Run inside the new root: units, keys, and the small initrd. */
export const customise = `
version=$(ls /lib/modules)
rm -f /etc/ssh/ssh_host_*
for unit in ${disabled.join(' ')}; do systemctl disable "$unit" || true; done
for unit in ${masked.join(' ')}; do ln -sf /dev/null "/etc/systemd/system/$unit"; done
mkdir -p /etc/systemd/system-generators
for generator in ${generators.join(' ')}; do
  ln -sf /dev/null "/etc/systemd/system-generators/systemd-$generator-generator"
done
systemctl enable ssh.service lab-management.service
systemctl set-default multi-user.target
touch /etc/.updated /var/.updated
mkdir -p /initrd/bin /initrd/dev /initrd/proc /initrd/root /initrd/modules
cp "$(command -v busybox)" /initrd/bin/busybox
for module in virtio_pci virtio_blk crc32c ext4 qemu_fw_cfg; do
  modprobe -S "$version" --show-depends "$module" | while read -r verb path rest; do
    [ "$verb" = insmod ] || continue
    name=$(basename "\${path%.xz}")
    [ ! -e "/initrd/modules/$name" ] || continue
    busybox xzcat "$path" > "/initrd/modules/$name"
    echo "$name" >> /initrd/order
  done
done
cat > /initrd/init <<'END'
${init}END
chmod 755 /initrd/init
(cd /initrd && find . | busybox cpio -o -H newc > /boot/lab-initrd)
mv "/boot/vmlinuz-$version" /boot/lab-vmlinuz
echo "$version $(dpkg-query -W -f '\${Version}' "linux-image-$version")" > /boot/lab-kernel
rm -rf /initrd
`;
