import { initHead } from './nested-files.ts';
import { shellWord } from './shell-word.ts';

/** The folder on a host of the lab where the guest's only file system is made. */
export const imageWork = '/root/guest-image';

/**
 * What a guest does with its seed, in a dozen lines: turns network-config in the form that vflane writes (cloud-init,
 * network-config v2) into commands of iproute2.
 */
const readNetworks = String.raw`
function quoted(text) { match(text, /"[^"]*"/); return substr(text, RSTART + 1, RLENGTH - 2) }
function list(text) { sub(/^[^[]*\[/, "", text); sub(/\].*/, "", text); gsub(/[",]/, " ", text); return text }
/^[a-z]/ { part = $1 }
/^  [a-z]/ { name = $1; sub(/:$/, "", name); if (part == "bonds:") bonds[name] = "" }
/macaddress:/ { print "nic " name " " quoted($0) }
/mtu: / { match($0, /mtu: [0-9]+/); mtu[name] = substr($0, RSTART + 5, RLENGTH - 5) }
/addresses: \[/ && !/nameservers/ { addresses[name] = list($0) }
/interfaces: / { members[name] = list($0) }
/via: / { gateway[name] = quoted($0) }
/^      mode: / { bonds[name] = bonds[name] " mode " $2 }
/fail-over-mac-policy: / { bonds[name] = bonds[name] " fail_over_mac " $2 }
/gratuitous-arp: / { bonds[name] = bonds[name] " num_grat_arp " $2 }
/mii-monitor-interval: / { bonds[name] = bonds[name] " miimon " $2 }
/primary: / { primary[name] = $2 }
END {
  for (name in bonds) {
    print "ip link add name " name " type bond" bonds[name]
    count = split(members[name], all, " ")
    for (place = 1; place <= count; place++) print "ip link set dev " all[place] " down master " name
    print "ip link set dev " name " type bond primary " primary[name]
  }
  for (name in mtu) print "ip link set dev " name " mtu " mtu[name] " up"
  for (name in addresses) {
    count = split(addresses[name], all, " ")
    for (place = 1; place <= count; place++) print "ip addr add " all[place] " dev " name
  }
  for (name in gateway) print "ip route add default via " gateway[name] " dev " name
}
`;

/** Its init: modules, the seed found by its label, its networks, the power button, and a shell on the console. */
const init = `${initHead}acpid
nic() { ip link set dev "$(basename "$(dirname "$(grep -il "$2" /sys/class/net/*/address)")")" name "$1"; }
if mount -t vfat -o ro "$(findfs LABEL=CIDATA)" /seed; then
  hostname "$(sed -n 's/^local-hostname: //p' /seed/meta-data)"
  awk -f /networks.awk /seed/network-config >/run/networks
  . /run/networks
fi
# Ten times a second it looks whether somebody asks, which is much for a processor within an emulated one: only on demand.
agent() {
  port=$(grep -l org.qemu.guest_agent.0 /sys/class/virtio-ports/*/name)
  qemu-ga -d -m virtio-serial -p "/dev/$(basename "$(dirname "$port")")" -t /run -f /run/qemu-ga.pid
}
echo "guest-ready $(hostname)"
# What is no shell ends its own, not init.
while read -r line; do ( eval "$line" ); done
while :; do sleep 1000; done
`;

const applets =
  'mount umount insmod stty poweroff cat grep head basename dirname mkdir mkfifo rm acpid findfs hostname sed awk sleep cut sync dmesg echo ls seq kill tail touch';

/** For the button only: nothing else is needed for a shutdown here. */
const powerButton = '#!/bin/sh\nsync\npoweroff -f\n';

const modules =
  'igbvf bonding virtio_blk virtio_net virtio_console virtio_pci vfat nls_cp437 nls_ascii nls_iso8859-1 button evdev';

/** Debian's own iproute2 and dash, and meters: busybox's \`ip\` has no bonds, and its shell runs that \`ip\`. */
const tree = `set -e
cd ${imageWork}/tree
mkdir -p bin modules proc sys dev run tmp seed etc/acpi/PWRF var/run var/log
cp "$(command -v busybox)" bin/busybox
for applet in ${applets}; do ln -sf busybox "bin/$applet"; done
cp "$(command -v dash)" bin/sh
for program in ip ping iperf3 perl; do cp "$(command -v $program)" "bin/$program"; done
cp -r --parents /usr/lib/x86_64-linux-gnu/perl-base .
[ ! -e usr/sbin/qemu-ga ] || ln -sf ../usr/sbin/qemu-ga bin/qemu-ga
# The C library opens libgcc_s where a thread is ended, as iperf3 does.
for library in $(ldd bin/sh bin/ip bin/ping bin/iperf3 bin/perl | grep -o '/lib[^ ]*' | sort -u) /lib/x86_64-linux-gnu/libgcc_s.so.1; do
  mkdir -p ".\${library%/*}"
  cp -L "$library" ".$library"
done
for module in ${modules}; do
  modprobe --show-depends "$module" 2>/dev/null | while read -r verb path rest; do
    [ "$verb" = insmod ] || continue
    name=$(basename "\${path%.xz}")
    [ ! -e "modules/$name" ] || continue
    busybox xzcat "$path" > "modules/$name"
    echo "$name" >> order
  done
done
`;

/** Commands for a host of the lab that make the initrd of a guest; \`usr/\` of the agent may be in the tree already. */
export function initrdScript(): string {
  const files = { init, 'networks.awk': readNetworks, 'etc/acpi/PWRF/00000080': powerButton };
  const writes = Object.entries(files).map(([name, text]) => `printf %s ${shellWord(text)} > ${name}`);
  const last = [
    'chmod 755 init etc/acpi/PWRF/00000080',
    'find . | busybox cpio -o -H newc | gzip -1 > ../initrd',
  ];
  return [tree, ...writes, ...last].join('\n');
}

/** An emulated processor needs no calibration and no mitigations. */
const kernelWords =
  'console=ttyS0 quiet loglevel=1 panic=-1 tsc=reliable mitigations=off nokaslr audit=0 lsm=landlock';

/** SYSLINUX's configuration on the image. */
export const bootConfiguration = `SERIAL 0
DEFAULT linux
LABEL linux
  KERNEL vmlinuz
  INITRD initrd
  APPEND ${kernelWords}
`;

/** systemd-boot's on the same image, for a guest with UEFI. */
export const loaderEntry = `title vflane
linux /vmlinuz
initrd /initrd
options ${kernelWords}
`;
