import type { Netdev, SimState } from '../../src/sim/state.ts';
import { dumpOvs } from './dump-ovs.ts';

/** What no command can restore: counters, random MACs, numbers that a kernel assigns again. */
const forgotten: readonly (keyof SimState)[] = [
  'nextIfindex',
  'randomMacs',
  'nextPid',
  'clock',
  'log',
  'dmesg',
  'dmesgMs',
  'bootedMs',
  'probes',
  'exits',
  'faults',
  // A loaded module stays.
  'modules',
  // `ip netns` makes /run/netns and never removes it.
  'namespaceFolder',
];

/** Folders for vflane's files, which stay if it is stopped right before it removes them; and one that systemctl leaves. */
const emptied =
  /\/(ovs-vswitchd\.service\.d|ovs-flows|multi-user\.target\.wants|vflane-guest@[a-z0-9-]+\.service\.d|vflane\/guests(\/[a-z0-9-]+(\/seed)?)?)$/;

/** A guest's disk is its own: vflane makes it and never removes it, not even half made. */
const guestDisk = /^\/var\/lib\/vflane\/guests\/[a-z0-9-]+\/disk\.qcow2(\.new)?$/;

/**
 * Everything in which two hosts may differ, line by line: netdevs by name instead of by number; no counters, log or clock.
 * With equal lines, the hosts cannot be told apart.
 */
export function dump(state: SimState): readonly string[] {
  const {
    pfs,
    netdevs,
    routes,
    namespaces,
    ovs,
    hugepages,
    sysctls,
    nft,
    folders,
    systemd,
    files,
    processes,
    ...rest
  } = state;
  const nameOf = namesByIndex(netdevs);
  const kept = Object.entries(rest).filter(([key]) => !forgotten.includes(key as keyof SimState));
  const functions = pfs.flatMap(({ vfs, iommuGroup: _group, ...pf }) => [
    pf,
    ...vfs.map(({ iommuGroup: _vfGroup, driverOverride, ...vf }) => ({
      ...vf,
      // An override that names the present driver changes nothing.
      driverOverride: driverOverride === vf.driver ? '' : driverOverride,
      of: pf.pci,
    })),
  ]);
  return [
    // A daemon's start time and pid are clock and counter.
    ...kept.map(
      ([key, value]) => `${key} ${JSON.stringify(inOrder(value)).replace(/"(startedMs|pid)":\d+,?/g, '')}`,
    ),
    // A page size never used equals one with all pages given back.
    ...Object.entries(hugepages).flatMap(([size, pages]) =>
      pages === 0 ? [] : [`hugepages ${size} ${pages}`],
    ),
    // A restarted process comes last.
    ...processes
      .map((process) => `process ${JSON.stringify(process).replace(/"(startedMs|pid)":\d+,?/g, '')}`)
      .sort(),
    `files ${JSON.stringify(inOrder(withoutDisks(files)))}`,
    // An empty folder has no effect; what is in one shows as a file.
    ...folders
      .filter((path) => !emptied.test(path))
      .map((path) => `folder ${path}`)
      .sort(),
    ...dumpOvs(ovs),
    // A unit that was only queried is loaded and does not run; the others' start times and pids are clock and counter.
    ...Object.values(systemd.units)
      // A failed guest does not run; systemd only remembers it.
      .filter(
        ({ name, active }) =>
          active !== 'inactive' && !(name.startsWith('vflane-guest@') && active === 'failed'),
      )
      .map(({ name, active, sub, dropIns }) => `unit ${name} ${active} ${sub} ${dropIns.join(' ')}`)
      .sort(),
    // A netdev's setting that was undone equals one never made.
    ...Object.entries(sysctls)
      .filter(([path, value]) => value !== '0' || !path.endsWith('/disable_ipv6'))
      .map(
        ([path, value]) => `sysctl ${path.replace(/#(\d+)/, (_, index) => nameOf(Number(index)))} ${value}`,
      )
      .sort(),
    ...nft.map((table) => `nft ${JSON.stringify(table).replace(/"(handle|nextHandle)":\d+,?/g, '')}`).sort(),
    ...functions.map((fn) => `function ${JSON.stringify(fn)}`),
    ...namespaces.map((name) => `namespace ${name}`).sort(),
    ...netdevs.map((netdev) => netdevLine(netdev, nameOf)).sort(),
    ...routes.map(({ ifindex, ...route }) => `route ${nameOf(ifindex)} ${JSON.stringify(route)}`).sort(),
  ];
}

function withoutDisks(files: SimState['files']): SimState['files'] {
  const kept = Object.entries(files).filter(([path]) => !guestDisk.test(path));
  // A restarted process has another pid.
  return Object.fromEntries(kept.map(([path, text]) => [path, path.endsWith('/qemu.pid') ? '' : text]));
}

/** Sorts files by name, instead of by time of creation. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function namesByIndex(netdevs: readonly Netdev[]): (ifindex: number) => string {
  const names = new Map(netdevs.map(({ ifindex, ns, name }) => [ifindex, `${ns}/${name}`]));
  return (ifindex) => names.get(ifindex) ?? '';
}

function netdevLine(netdev: Netdev, nameOf: (ifindex: number) => string): string {
  const { ns, name, ifindex: _ifindex, mac, permMac, master, peer, bond, slave, ...rest } = netdev;
  const macs = netdev.randomMac ? {} : { mac, permMac };
  // Without a primary, the kernel keeps whichever port came first, and any is right.
  const active = bond && bond.primary !== '' ? nameOf(bond.active) : '';
  const bonded = bond && { ...bond, active };
  // The MTU that bonding would restore does not matter: whoever removes the bond sets it, too.
  const links = { master: nameOf(master), peer: nameOf(peer), bond: bonded, slave: slave !== undefined };
  // A VF's alternative names depend on where it has been.
  const shown = netdev.kind === 'vf' ? { ...rest, altNames: [] } : rest;
  return `netdev ${isIdleVf(netdev) ? '(idle)' : `${ns}/${name}`} ${JSON.stringify({ ...shown, ...macs, ...links })}`;
}

/** A VF's netdev that came back from a namespace may have any name, as long as it is unused. */
function isIdleVf({ kind, ns, up, addresses, master }: Netdev): boolean {
  return kind === 'vf' && ns === '' && !up && addresses.length === 0 && master === 0;
}

/** Leaves out what the file does not determine: a spare VF's spoofchk stays as its last guest had it. */
export function asFileSees(lines: readonly string[]): readonly string[] {
  return lines.map((line) =>
    line.includes('"admin":{"mac":"00:00:00:00:00:00"') ? line.replace(/"spoofchk":\w+,/, '') : line,
  );
}

/** Lines that only one of the two has, with `-` and `+`; for a test's message. */
export function dumpDifference(before: readonly string[], after: readonly string[]): readonly string[] {
  const [had, has] = [new Set(before), new Set(after)];
  return [
    ...before.filter((line) => !has.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !had.has(line)).map((line) => `+ ${line}`),
  ];
}
