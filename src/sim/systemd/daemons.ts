import { type Program, silent } from '../commands/program.ts';
import { loadModule } from '../drivers.ts';
import { Refusal } from '../errno.ts';
import { writeFile } from '../files/root.ts';
import type { SimState } from '../state.ts';

/** Daemons that are simulated only as running processes, each with a pid of its own. */
const pids: { readonly [program: string]: number } = {
  '/usr/lib/systemd/systemd-journald': 301,
  '/usr/lib/systemd/systemd-udevd': 302,
  '/usr/lib/systemd/systemd-networkd': 303,
  sshd: 601,
  NetworkManager: 603,
};

/** The files of a folder like /etc/modules-load.d, in the order of their names. */
function settingsIn(state: SimState, name: string): readonly string[] {
  const folders = ['/etc', '/run', '/usr/lib'].map((top) => `${top}/${name}/`);
  const paths = Object.keys(state.files).filter((path) =>
    folders.some((folder) => path.startsWith(folder) && path.endsWith('.conf')),
  );
  const base = (path: string) => path.replace(/^.*\//, '');
  return paths
    .sort((a, b) => (base(a) < base(b) ? -1 : 1))
    .flatMap((path) => (state.files[path] ?? '').split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^[#;]/.test(line));
}

/** systemd-modules-load(8): a missing module does not stop the others. */
const modulesLoad: Program = ({ state }) => {
  for (const name of settingsIn(state, 'modules-load.d')) if (/^[\w-]+$/.test(name)) loadModule(state, name);
  return silent;
};

/** systemd-sysctl(8): skips keys that do not exist yet. */
const sysctls: Program = ({ state }) => {
  for (const line of settingsIn(state, 'sysctl.d')) {
    const [, name = '', value = ''] = /^-?([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
    const path = `/proc/sys/${name.includes('/') ? name : name.replaceAll('.', '/')}`;
    try {
      writeFile(state, '', path, `${value}\n`, 'ENOENT');
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
    }
  }
  return silent;
};

export const daemonPrograms: readonly (readonly [string, Program])[] = [
  ...Object.entries(pids).map(([name, pid]): readonly [string, Program] => [
    name,
    () => ({ ...silent, goesOn: pid }),
  ]),
  ['/usr/lib/systemd/systemd-modules-load', modulesLoad],
  ['/usr/lib/systemd/systemd-sysctl', sysctls],
  ['ifup', () => silent],
  ['ifdown', () => silent],
];
