#!/bin/sh
# Sets up what this checkout's commands need and what is missing: npm packages, and with "tests" or "lab" the Debian
# packages for those. As root it installs them; otherwise it says what to install.
# Like any Debian package, openvswitch-switch starts its daemons if systemd runs; the tests use processes of their own.
set -eu
cd "$(dirname "$0")"

node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' || {
	echo "vflane needs Node.js 20.19 or newer; this is $(node --version)" >&2
	exit 1
}

if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
	npm ci --no-audit --no-fund
	touch node_modules/.package-lock.json
fi

# Tool and package, one pair per line; only what is missing is installed.
tools_for() {
	case $1 in
	tests) printf '%s\n' 'ip iproute2' 'flock util-linux' 'ssh openssh-client' 'ssh-keygen openssh-client' 'sshd openssh-server' \
		'ovs-vswitchd openvswitch-switch' 'nft nftables' 'ethtool ethtool' 'ping iputils-ping' 'iperf3 iperf3' 'lintian lintian' 'groff groff-base' \
		'virsh libvirt-clients' 'xmllint libxml2-utils' 'qemu-ga qemu-guest-agent' ;;
	lab) printf '%s\n' 'mmdebstrap mmdebstrap' 'mke2fs e2fsprogs' 'ssh openssh-client' 'ssh-keygen openssh-client' \
		'flock util-linux' 'tar tar' 'newuidmap uidmap' 'syslinux syslinux' 'mformat mtools' ;;
	esac
}

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
missing=
for purpose; do
	for package in $(tools_for "$purpose" | while read -r tool package; do
		command -v "$tool" >/dev/null || echo "$package"
	done); do
		case " $missing " in *" $package "*) ;; *) missing="$missing $package" ;; esac
	done
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	echo "installing:$missing" >&2
	apt-get update -qq >&2
	# shellcheck disable=SC2086 # a list of package names
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >&2
else
	echo "not installed, and what needs it will say so: sudo apt-get install$missing" >&2
fi
