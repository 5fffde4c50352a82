import { spawnSync } from 'node:child_process';

/**
 * Runs a script as root in a copy of this machine, on an overlay in memory: its changes go with it.
 * @param files of this machine, by their paths in the script.
 */
export function inCopyOfMachine(script: string, files: Readonly<Record<string, string>>) {
  const copies = Object.entries(files).map(([to, from]) => `cp -r '${from}' "$copy/root${to}"`);
  const words = ['--mount', '--net', 'sh', '-c', [setUp, ...copies, enter].join('\n'), 'sh', script];
  const ended = spawnSync('unshare', words, { encoding: 'utf8', timeout: 170_000 });
  return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr };
}

const setUp = `set -e
copy=$(mktemp -d)
mount -t tmpfs none "$copy"
mkdir "$copy/up" "$copy/work" "$copy/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$copy/up,workdir=$copy/work" "$copy/root"
mount --bind /proc "$copy/root/proc"
mount --bind /dev "$copy/root/dev"
rm -rf "$copy/root/var/lib/vflane"`;

// The mounts go with the namespace; only then is the folder empty.
const enter = `status=0
chroot "$copy/root" sh -c "$1" || status=$?
umount "$copy/root/proc" "$copy/root/dev" "$copy/root" "$copy" && rmdir "$copy"
exit $status`;
