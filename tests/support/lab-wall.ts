import { shellWord } from './shell-word.ts';

/** What someone who has broken out of a guest's QEMU would try first: a name → a command that exits 0 if it succeeds. */
export interface Attempts {
  readonly [name: string]: string;
}

const connects = (socket: string) =>
  `perl -MIO::Socket::UNIX -e 'exit !IO::Socket::UNIX->new(Peer => shift)' ${socket}`;

/** None of these changes the host, even if it succeeds. */
export function attempts(own: string, other: string): Attempts {
  const folder = (guest: string) => `/var/lib/vflane/guests/${guest}`;
  return {
    "another guest's disk": `head -c 1 ${folder(other)}/disk.qcow2`,
    "another guest's QMP": connects(`/run/vflane/guests/${other}/qmp.sock`),
    // core(5): root runs the program that it names, outside of every namespace.
    core_pattern: 'true >>/proc/sys/kernel/core_pattern',
    'D-Bus': connects('/run/dbus/system_bus_socket'),
    "systemd's own socket": connects('/run/systemd/private'),
    // The next program that writes there would follow it.
    'a link in its folder': `ln -s /etc/passwd ${folder(own)}/seed.img.x && rm ${folder(own)}/seed.img.x`,
    passwords: 'head -c 1 /etc/shadow',
    'a file of the host': 'true >>/etc/hosts',
  };
}

/** A shell command that prints the names of the successful attempts. */
export function tryAll(all: Attempts): string {
  return Object.entries(all)
    .map(([name, command]) => `{ ${command}; } >/dev/null 2>&1 && echo ${shellWord(name)}`)
    .concat('true')
    .join('\n');
}

/** The same in the mount namespace of a process, as a user without capabilities, or as root. */
export function tryAllIn(pid: string, user: string, all: Attempts): string {
  const as =
    user === '0' ? [] : ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--no-new-privs'];
  return [
    'nsenter',
    `--target=${pid}`,
    '--mount',
    '--root',
    '--wd',
    '--',
    ...as,
    'sh',
    '-c',
    shellWord(tryAll(all)),
  ].join(' ');
}
