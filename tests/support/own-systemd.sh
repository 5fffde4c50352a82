# own-systemd.sh ROOT: runs the systemd of a Debian below ROOT as the first process in namespaces of its own (unshare
# -mpnCuif), where it runs /root/inside.sh, with the output in /var/inside.log.
set -e
cd "$1"
mount --make-rprivate /
mount --bind . .
cd "$PWD"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 none sys/fs/cgroup
mount -t tmpfs none run
mount -t tmpfs none tmp
mount --rbind /dev dev
ip link set lo up
ip tuntap add dev vm1-9fbeca mode tap user 0
ip link set vm1-9fbeca up
ip tuntap add dev vm2-9fbeca mode tap user 0
cat >etc/systemd/system/inside.service <<'UNIT'
[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
StandardOutput=file:/var/inside.log
StandardError=inherit
ExecStart=/bin/bash /root/inside.sh
ExecStopPost=/bin/sh -c 'systemctl poweroff --force --force >/dev/null 2>&1'
TimeoutStartSec=100
UNIT
rm -f var/inside.log
exec env container=other chroot . /lib/systemd/systemd --system --unit=inside.service
