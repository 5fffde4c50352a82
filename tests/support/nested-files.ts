import { shellWord } from './shell-word.ts';

/** The folder of a guest's files on its host. */
export const guestFolder = '/root/guest';

/** The start of every init of the tests. */
export const initHead = `#!/bin/sh
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
stty -echo -onlcr
for module in $(cat /order); do insmod "/modules/$module"; done
`;

/** The only program of the guest: it runs commands line by line, and prints how each ended. */
const init = `${initHead}echo guest-ready
while read -r line; do eval "$line"; done
poweroff -f
`;

/** The uses of busybox: the guest's start, and the tests' commands. */
const applets = 'mount insmod stty poweroff cat grep head basename dirname ping';

/** Debian's own iproute2 and dash: busybox's \`ip\` has no bonds, and its shell runs that \`ip\`. */
const tree = `set -e
rm -rf ${guestFolder}
mkdir -p ${guestFolder}/tree/bin ${guestFolder}/tree/modules
cd ${guestFolder}/tree
mkdir proc sys dev
cp "$(command -v busybox)" bin/busybox
for applet in ${applets}; do ln -s busybox "bin/$applet"; done
cp "$(command -v dash)" bin/sh
cp "$(command -v ip)" bin/ip
for library in $(ldd bin/sh bin/ip | grep -o '/lib[^ ]*' | sort -u); do
  mkdir -p ".\${library%/*}"
  cp -L "$library" ".$library"
done
for module in igbvf bonding; do
  modprobe --show-depends "$module" | while read -r verb path rest; do
    [ "$verb" = insmod ] || continue
    name=$(basename "\${path%.xz}")
    [ ! -e "modules/$name" ] || continue
    busybox xzcat "$path" > "modules/$name"
    echo "$name" >> order
  done
done
chmod 755 init
find . | busybox cpio -o -H newc > ../initrd
mkfifo ../in
`;

/** A command for the host that makes the guest's only file system, containing \`recipe\` as \`/recipe\`. */
export function makeInitrd(recipe: string): string {
  const files = { init, recipe };
  const writes = Object.entries(files).map(([name, text]) => `printf %s ${shellWord(text)} > ${name}`);
  return tree.replace('chmod 755 init', `${writes.join('\n')}\nchmod 755 init`);
}
