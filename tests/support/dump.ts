import type { Netdev, SimState } from '../../src/sim/state.ts';
import { dumpOvs } from './dump-ovs.ts';

/** What no command may bring back as it was: counters, invented MACs, numbers that a kernel gives out anew. */
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
  // A module stays loaded for good.
  'modules',
  // `ip netns` makes /run/netns and leaves it.
  'namespaceFolder',
];

/** Folders that vflane makes for its files, and leaves where it was stopped right before it took them away; and one that systemctl makes and leaves. */
const emptied =
  /\/(ovs-vswitchd\.service\.d|ovs-flows|multi-user\.target\.wants|vflane-guest@[a-z0-9-]+\.service\.d|vflane\/guests(\/[a-z0-9-]+(\/seed)?)?)$/;

/** A guest's disk is its own: vflane makes it, and never takes it away, half made neither. */
const guestDisk = /^\/var\/lib\/vflane\/guests\/[a-z0-9-]+\/disk\.qcow2(\.new)?$/;

/**
 * Everything that two hosts may differ in, line by line: netdevs by name instead of by number, no counters, log or clock.
 * Equal lines: nobody could tell the hosts apart.
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
      // An override that names the driver it has changes nothing.
      driverOverride: driverOverride === vf.driver ? '' : driverOverride,
      of: pf.pci,
    })),
  ]);
  return [
    // When a daemon started, and as which process, is clock and counter.
    ...kept.map(
      ([key, value]) => `${key} ${JSON.stringify(inOrder(value)).replace(/"(startedMs|pid)":\d+,?/g, '')}`,
    ),
    // A size that was never asked for has as many pages as one that was given back.
    ...Object.entries(hugepages).flatMap(([size, pages]) =>
      pages === 0 ? [] : [`hugepages ${size} ${pages}`],
    ),
    // One that was started anew comes last.
    ...processes
      .map((process) => `process ${JSON.stringify(process).replace(/"(startedMs|pid)":\d+,?/g, '')}`)
      .sort(),
    `files ${JSON.stringify(inOrder(withoutDisks(files)))}`,
    // An empty folder does nothing; what is in one is a file.
    ...folders
      .filter((path) => !emptied.test(path))
      .map((path) => `folder ${path}`)
      .sort(),
    ...dumpOvs(ovs),
    // What was only asked about is loaded and does not run; when and as which process the others started is clock and counter.
    ...Object.values(systemd.units)
      // A guest that failed does not run; systemd only remembers it.
      .filter(
        ({ name, active }) =>
          active !== 'inactive' && !(name.startsWith('vflane-guest@') && active === 'failed'),
      )
      .map(({ name, active, sub, dropIns }) => `unit ${name} ${active} ${sub} ${dropIns.join(' ')}`)
      .sort(),
    // A setting of a netdev that was undone is as one that was never made.
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
  // A process that was started anew has another number.
  return Object.fromEntries(kept.map(([path, text]) => [path, path.endsWith('/qemu.pid') ? '' : text]));
}

/** Files are listed by name, and not by when they were made. */
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
  // Without a primary the kernel keeps whichever port came first, and any will do.
  const active = bond && bond.primary !== '' ? nameOf(bond.active) : '';
  const bonded = bond && { ...bond, active };
  // The MTU that bonding would put back is no matter: whoever takes the bond apart sets it, too.
  const links = { master: nameOf(master), peer: nameOf(peer), bond: bonded, slave: slave !== undefined };
  // What udev calls a VF besides depends on where it has been.
  const shown = netdev.kind === 'vf' ? { ...rest, altNames: [] } : rest;
  return `netdev ${isIdleVf(netdev) ? '(idle)' : `${ns}/${name}`} ${JSON.stringify({ ...shown, ...macs, ...links })}`;
}

/** A VF's netdev that came back from a namespace may be called anything, as long as nobody uses it. */
function isIdleVf({ kind, ns, up, addresses, master }: Netdev): boolean {
  return kind === 'vf' && ns === '' && !up && addresses.length === 0 && master === 0;
}

/** What the file asks nothing about: a spare VF's spoofchk stays as its last guest had it. */
export function asFileSees(lines: readonly string[]): readonly string[] {
  return lines.map((line) =>
    line.includes('"admin":{"mac":"00:00:00:00:00:00"') ? line.replace(/"spoofchk":\w+,/, '') : line,
  );
}

/** Lines of the one that the other has not, `-` and `+`; for a test's message. */
export function dumpDifference(before: readonly string[], after: readonly string[]): readonly string[] {
  const [had, has] = [new Set(before), new Set(after)];
  return [
    ...before.filter((line) => !has.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !had.has(line)).map((line) => `+ ${line}`),
  ];
}
