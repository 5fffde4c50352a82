import type { Answer, Row } from './lab-rows.ts';

/** A row's word → its name on one of the two. */
type Names = { readonly [word: string]: string };

const both = { SYSNET: '/sys/class/net' };

/** Names of netdevsim's devices, each a port with an eswitch of its own. */
export const onNetdevsim: Names = {
  ...both,
  ...named(0, { dev: 'netdevsim/netdevsim0', sys: '/sys/bus/netdevsim/devices/netdevsim0', slot: 'eni0' }),
  ...named(1, { dev: 'netdevsim/netdevsim1', sys: '/sys/bus/netdevsim/devices/netdevsim1', slot: 'eni1' }),
  NODEV: 'netdevsim/netdevsim9',
};

/** Names of the simulated mlx5's PFs on Debian 13. */
export const onSimulated: Names = {
  ...both,
  ...simulated(0),
  ...simulated(1),
  NODEV: 'pci/0000:03:00.7',
};

function named(port: 0 | 1, { dev, sys, slot }: { dev: string; sys: string; slot: string }): Names {
  const vfs = [0, 1, 2].flatMap((vf) => [
    [`REP${port}${vf}`, `${slot}npf0vf${vf}`],
    [`PORT${port}${vf}`, `${dev}/${128 + vf}`],
  ]);
  return {
    [`DEV${port}`]: dev,
    [`SYS${port}`]: sys,
    [`PF${port}`]: `${slot}np1`,
    [`UPLINK${port}`]: `${dev}/0`,
    ...Object.fromEntries(vfs),
  };
}

function simulated(port: 0 | 1): Names {
  const pci = `0000:03:00.${port}`;
  const vfs = [0, 1, 2].flatMap((vf) => [
    [`REP${port}${vf}`, `enp3s0f${port}r${vf}`],
    [`PORT${port}${vf}`, `pci/${pci}/${port * 65536 + vf + 1}`],
  ]);
  return {
    [`DEV${port}`]: `pci/${pci}`,
    [`SYS${port}`]: `/sys/bus/pci/devices/${pci}`,
    [`PF${port}`]: `enp3s0f${port}np${port}`,
    [`UPLINK${port}`]: `pci/${pci}/${port * 65536 + 65535}`,
    ...Object.fromEntries(vfs),
  };
}

/** Longest first: a device's name is the start of its ports' names. */
function byLength(names: Names, of: (entry: readonly [string, string]) => string) {
  return Object.entries(names).sort((a, b) => of(b).length - of(a).length);
}

export function inNames(rows: readonly Row[], names: Names): readonly Row[] {
  const words = byLength(names, ([word]) => word);
  return rows.map((row) => words.reduce((text, [word, name]) => text.replaceAll(word, name), row));
}

/** The answer by place, with words instead of names, and without random values. */
function seen(answer: Answer | undefined, names: Names): ReadonlyMap<string, string> {
  if (!answer) return new Map();
  const { row: _, ...rest } = inWords(answer, names);
  const { stdout = '' } = rest;
  const parsed = stdout.startsWith('{') || stdout.startsWith('[') ? { stdout: JSON.parse(stdout) } : {};
  return new Map(leaves('', { ...rest, ...parsed }));
}

/** MACs that are not random. */
const set = /^(00:00:00|ff:ff:ff|01:00:5e|02:11:22|02:00:00:00:07)/;

function inWords(answer: Answer, names: Names): Answer {
  const text = byLength(names, ([, name]) => name)
    .reduce((said, [word, name]) => said.replaceAll(name, word), JSON.stringify(answer))
    .replace(/\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, (mac) => (set.test(mac) ? mac : 'MAC'))
    .replace(/\b[0-9a-f]{16,64}\b/g, 'SWITCH')
    // Differences in text that `drivers` allows in JSON.
    .replace(/ inline-mode none encap-mode basic|\\n {2}function:\\n {4}hw_addr [0-9a-f:]{17}/g, '')
    .replace(/(?<=flavour physical port )\d+/g, 'N');
  return JSON.parse(text) as Answer;
}

const counted = ['ifindex', 'link_index', 'operstate', 'qdisc', 'txqlen', 'num_tx_queues', 'num_rx_queues'];

function leaves(at: string, value: unknown): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [[at, JSON.stringify(value)]];
  const entries = Object.entries(value)
    .filter(([key]) => !counted.includes(key))
    .map(([key, inner]) => [key, key === 'flags' ? flags(inner) : inner] as const);
  if (entries.length === 0) return [[at, JSON.stringify(value)]];
  return entries.flatMap(([key, inner]) => leaves(at === '' ? key : `${at}.${key}`, inner));
}

/** netdevsim's netdevs have no multicast (netdev.c, nsim_setup); the carrier comes late. */
function flags(said: readonly string[]): string {
  return said.filter((flag) => !['MULTICAST', 'LOWER_UP', 'NO-CARRIER'].includes(flag)).join();
}

interface Difference {
  readonly row: Row;
  readonly at: string;
  readonly real: string | undefined;
  readonly simulated: string | undefined;
}

/** What only one of the two drivers has. */
const drivers: readonly { readonly row: RegExp; readonly at: RegExp; readonly why: string }[] = [
  {
    row: /dev eswitch show/,
    at: /\.(inline|encap)-mode$/,
    why: 'netdevsim’s eswitch has a mode and nothing else (drivers/net/netdevsim/dev.c, nsim_dev_devlink_ops)',
  },
  {
    row: /port show/,
    at: /\.(port|function\.hw_addr)$/,
    why: 'netdevsim numbers ports from 1, and has no functions behind its VFs’ ports',
  },
  {
    row: /phys_switch_id/,
    at: /^(text|refused)$/,
    why: 'netdevsim’s ports always have a switch id, mlx5’s in switchdev only',
  },
  {
    row: /^ip .*link show/,
    at: /\.(altnames\.0|permaddr|max_mtu|query_rss_en|parentbus|parentdev)$/,
    why: 'netdevsim’s MACs are made up, its MTU has no limit, it stands on no PCI function, and it counts RSS queries',
  },
  {
    row: /^ip .*link show dev PF/,
    at: /\.(phys_port_name|phys_switch_id)$/,
    why: 'netdevsim numbers ports from 1, and its ports always have a switch id',
  },
  {
    row: /^ip .*link show/,
    at: /\.vfinfo_list\.\d+\.link_state$/,
    why: 'mlx5 takes the link of the VFs that are there at a change of mode until their representor is up (facts §4.3)',
  },
];

export function differing(
  row: Row,
  real: Answer | undefined,
  sim: Answer | undefined,
): readonly Difference[] {
  const [a, b] = [seen(real, onNetdevsim), seen(sim, onSimulated)];
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((at) => a.get(at) !== b.get(at))
    .filter((at) => !drivers.some((one) => one.row.test(row) && one.at.test(at)))
    .map((at) => ({ row, at, real: a.get(at), simulated: b.get(at) }));
}
