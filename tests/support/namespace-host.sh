#!/bin/sh
# The first process of a host that is a set of namespaces: `namespace-host.sh NAME`. What the host writes to /etc, /run and
# /var is its own and gone with it. It says "ready", and ends when its standard input does, and every process of the host
# with it.
set -eu

hostname "$1"
mount -t tmpfs tmpfs /run
mkdir -p /run/netns /run/openvswitch /run/lock
for folder in etc var; do
	mkdir -p "/run/upper/$folder" "/run/scratch/$folder"
	mount -t overlay -o "lowerdir=/$folder,upperdir=/run/upper/$folder,workdir=/run/scratch/$folder" overlay "/$folder"
done
# What the machine below has of these is not the host's.
for folder in /etc/openvswitch /etc/vflane /var/lib/openvswitch /var/lib/vflane /var/log/openvswitch; do
	mkdir -p "$folder"
	mount -t tmpfs tmpfs "$folder"
done
mount -t sysfs sysfs /sys
ip link set lo up
systemctl start openvswitch-switch.service

# Nobody waits for what is left to it.
trap '' CHLD
echo ready
exec cat >/dev/null
