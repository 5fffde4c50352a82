import { Failure } from '../errno.ts';
import { isInstalled, versionOf } from '../packages.ts';
import type { SimState } from '../state.ts';
import { failed, type Program, type Reply, said, silent } from './program.ts';

/** `dpkg-query -W`, with `${…}` fields in the format. */
export const dpkgQuery: Program = ({ state, argv }) => {
  const format = formatOf(argv);
  const names = argv
    .slice(1)
    .filter((word, at) => !word.startsWith('-') && !/^(-f|--showformat)$/.test(argv[at] ?? ''));
  const found = (names.length === 0 ? ['*'] : names).flatMap((name) => installedLike(state, name));
  const missing = names.filter((name) => installedLike(state, name).length === 0);
  const stdout = found.map((name) => expand(format, state, name)).join('');
  const stderr = missing.map((name) => `dpkg-query: no packages found matching ${name}\n`).join('');
  return { stdout, stderr, code: missing.length > 0 ? 1 : 0 };
};

/** Package names may be shell patterns; only a single `*` is known here. */
function installedLike(state: SimState, pattern: string): readonly string[] {
  if (!pattern.includes('*')) return isInstalled(state, pattern) ? [pattern] : [];
  const parts = pattern.split('*');
  const fits = (name: string) =>
    name.startsWith(parts[0] ?? '') && name.length >= pattern.length - 1 && name.endsWith(parts.at(-1) ?? '');
  return state.packages.filter((name) => fits(name) && isInstalled(state, name)).sort();
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
const defaultFormat = '${binary:Package}\t${Version}\n';

function formatOf(argv: readonly string[]): string {
  const inline = argv
    .map((word) => /^(?:-f=?|--showformat=)(.+)$/s.exec(word)?.[1])
    .find((text) => text !== undefined);
  const after = argv.findIndex((word) => word === '-f' || word === '--showformat');
  return (inline ?? (after < 0 ? undefined : argv[after + 1]) ?? defaultFormat)
    .replaceAll('\\n', '\n')
    .replaceAll('\\t', '\t');
}

function expand(format: string, state: SimState, name: string): string {
  const fields: { readonly [field: string]: string | undefined } = {
    Package: name,
    'binary:Package': name,
    Version: versionOf(state, name),
    Status: 'install ok installed',
    'db:Status-Status': 'installed',
    'db:Status-Abbrev': 'ii ',
    Architecture: 'amd64',
  };
  return format.replace(/\$\{([^};]+)(;-?\d+)?\}/g, (_, field: string) =>
    Object.hasOwn(fields, field) ? (fields[field] ?? '') : '',
  );
}

const daemons = {
  'ovs-vswitchd': {
    path: '/usr/lib/openvswitch-switch/ovs-vswitchd',
    package: 'openvswitch-switch',
    priority: 100,
  },
  'ovs-vswitchd-dpdk': {
    path: '/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk',
    package: 'openvswitch-switch-dpdk',
    priority: 50,
  },
} as const;

/** `update-alternatives`, of ovs-vswitchd only. */
export const updateAlternatives: Program = ({ state, argv }) => {
  const [, verb = '', name = '', path = ''] = argv;
  const there = (['ovs-vswitchd', 'ovs-vswitchd-dpdk'] as const).filter((d) =>
    isInstalled(state, daemons[d].package),
  );
  if (name !== 'ovs-vswitchd' || there.length === 0)
    throw new Failure(2, `update-alternatives: error: no alternatives for ${name}\n`);
  if (verb === '--query') return said(query(state, there));
  if (verb === '--auto') return set(state, 'auto');
  if (verb !== '--set') return failed(2, `update-alternatives: error: unknown argument '${verb}'\n`);
  const chosen = there.find((d) => daemons[d].path === path);
  if (!chosen)
    return failed(
      2,
      `update-alternatives: error: alternative ${path} for ovs-vswitchd not registered; not setting\n`,
    );
  const was = current(state);
  const reply = set(state, chosen);
  if (reply.code !== 0 || was === chosen) return reply;
  return said(
    `update-alternatives: using ${path} to provide /usr/sbin/ovs-vswitchd (ovs-vswitchd) in manual mode\n`,
  );
};

type Daemon = keyof typeof daemons;

/** /var/lib/dpkg/alternatives/ovs-vswitchd; undefined if no package offers one. */
export function alternativeRecord(state: SimState): string | undefined {
  const there = Object.values(daemons).filter((daemon) => isInstalled(state, daemon.package));
  if (there.length === 0) return undefined;
  const status = state.ovs.alternative === 'auto' ? 'auto' : 'manual';
  return `${status}\n/usr/sbin/ovs-vswitchd\n\n${there.map(({ path, priority }) => `${path}\n${priority}\n`).join('')}\n`;
}

/** The target of /etc/alternatives/ovs-vswitchd; undefined if no package offers one. */
export function daemonInUse(state: SimState): string | undefined {
  const daemon = daemons[current(state)];
  return isInstalled(state, daemon.package) ? daemon.path : undefined;
}

function current(state: SimState): Daemon {
  return state.ovs.alternative === 'auto' ? 'ovs-vswitchd' : state.ovs.alternative;
}

function set(state: SimState, alternative: SimState['ovs']['alternative']): Reply {
  if (state.uid !== 0)
    return failed(
      2,
      "update-alternatives: error: unable to create file '/var/lib/dpkg/alternatives/ovs-vswitchd.dpkg-tmp': Permission denied\n",
    );
  state.ovs.alternative = alternative;
  return silent;
}

function query(state: SimState, there: readonly Daemon[]): string {
  const status = state.ovs.alternative === 'auto' ? 'auto' : 'manual';
  const head = `Name: ovs-vswitchd\nLink: /usr/sbin/ovs-vswitchd\nStatus: ${status}\nBest: ${daemons[there[0] ?? 'ovs-vswitchd'].path}\nValue: ${daemons[current(state)].path}\n`;
  return (
    head + there.map((d) => `\nAlternative: ${daemons[d].path}\nPriority: ${daemons[d].priority}\n`).join('')
  );
}
