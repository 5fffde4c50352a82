import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWide } from '../../tests/support/breadth.ts';
import { HostError } from '../host/host.ts';
import { memorySim } from './open-sim.ts';
import type { SimHost } from './sim-host.ts';
import type { SimState } from './state.ts';
import { hasIpv6 } from './sysctls.ts';
import { netdev0, netdev1, pf0, pf1, sys } from './testing/tell.ts';
import { plug, unplug } from './unplug.ts';

/** Something done to a host: in any order, the host answers or refuses, and stays in a possible state. */
type Act = (host: SimHost) => Promise<unknown>;

const names = fc.constantFrom(
  netdev0,
  netdev1,
  'enp3s0f0v0',
  'enp3s0f0v1',
  'enp3s0f1v0',
  'enp3s0f0r0',
  'bond0',
  'bond1',
  'eth0',
  'lo',
  'eno1',
  'v40',
  'tap0',
  'br0',
  'nosuch',
);
const vfs = fc.constantFrom('0000:03:00.2', '0000:03:00.3', '0000:03:02.2', '0000:03:00.0', 'x');
const namespaces = fc.constantFrom('g1', 'g2', '1');
const inside = fc.constantFrom('', '-n g1 ', '-n g2 ');
const drivers = fc.constantFrom('mlx5_core', 'vfio-pci');

const run = (
  parts: fc.Arbitrary<readonly string[]>,
  line: (...words: readonly string[]) => string,
): fc.Arbitrary<readonly [string, Act]> =>
  parts.map((words) => {
    const text = line(...words);
    return [text, (host: SimHost) => host.run(text.split(' '))];
  });

const write = (
  path: fc.Arbitrary<string>,
  text: fc.Arbitrary<string>,
): fc.Arbitrary<readonly [string, Act]> =>
  fc.tuple(path, text).map(([p, t]) => [`${t} > ${p}`, (host: SimHost) => host.writeFile(p, t)]);

const settings = fc.constantFrom(
  'up',
  'down',
  'nomaster',
  'master bond0',
  'master bond1',
  'mtu 9000',
  'mtu 99999',
  'name eth0',
  'address 02:00:00:00:00:77',
  'vf 0 mac 02:00:00:00:00:01 vlan 40',
  'vf 1 trust on spoofchk on',
  'vf 0 state disable',
  'type bond mode active-backup miimon 100',
  'type bond fail_over_mac active',
  'type bond primary enp3s0f0v0',
);

const steps = fc.oneof(
  write(
    fc.constantFrom(`${pf0}/sriov_numvfs`, `${pf1}/sriov_numvfs`),
    fc.constantFrom('0', '2', '3', '99', 'x'),
  ),
  write(
    fc.constantFrom(`${pf0}/sriov_drivers_autoprobe`, `${pf1}/sriov_drivers_autoprobe`),
    fc.constantFrom('0', '1', '2'),
  ),
  write(
    vfs.map((vf) => `${sys}/devices/${vf}/driver_override`),
    fc.constantFrom('vfio-pci', 'mlx5_core', '', 'igb'),
  ),
  write(fc.constant(`${sys}/drivers_probe`), vfs),
  write(
    fc.tuple(drivers, fc.constantFrom('bind', 'unbind')).map(([d, verb]) => `${sys}/drivers/${d}/${verb}`),
    vfs,
  ),
  write(
    fc.constantFrom(`${sys}/drivers/vfio-pci/new_id`, `${sys}/drivers/vfio-pci/remove_id`),
    fc.constantFrom('15b3 101a', '15b3', ''),
  ),
  run(fc.tuple(inside, names, settings), (where, name, words) => `ip ${where}link set dev ${name} ${words}`),
  run(fc.tuple(inside, names, namespaces), (where, name, ns) => `ip ${where}link set ${name} netns ${ns}`),
  run(
    fc.tuple(inside, fc.constantFrom('bond0', 'bond1')),
    (where, name) => `ip ${where}link add ${name} type bond mode active-backup miimon 100`,
  ),
  run(fc.tuple(inside, names), (where, name) => `ip ${where}link del ${name}`),
  run(fc.tuple(inside, names), (where, name) => `ip ${where}addr add 10.0.0.1/24 dev ${name}`),
  run(fc.tuple(inside, names), (where, name) => `ip ${where}link add link ${name} name v40 type vlan id 40`),
  run(
    fc.tuple(fc.constantFrom('add', 'del'), fc.constantFrom('g1', 'g2')),
    (verb, ns) => `ip netns ${verb} ${ns}`,
  ),
  run(
    fc.tuple(fc.constantFrom('0', '1'), fc.constantFrom('legacy', 'switchdev')),
    (fn, mode) => `devlink dev eswitch set pci/0000:03:00.${fn} mode ${mode}`,
  ),
  run(
    fc.tuple(inside, fc.constantFrom('add', 'del')),
    (where, verb) => `ip ${where}tuntap ${verb} dev tap0 mode tap`,
  ),
  run(
    fc.tuple(inside, fc.constantFrom('add', 'replace', 'del'), names),
    (where, verb, name) => `ip ${where}route ${verb} 10.9.0.0/16 via 10.0.0.9 dev ${name}`,
  ),
  run(
    fc.tuple(fc.constantFrom('add', 'del'), names),
    (verb, name) => `ip -6 addr ${verb} fd00:9::2/64 dev ${name} nodad`,
  ),
  run(
    fc.tuple(fc.constantFrom('replace', 'del'), names),
    (verb, name) => `ip -6 route ${verb} fd00:a::/64 via fd00:9::fe dev ${name}`,
  ),
  write(
    fc
      .tuple(fc.oneof(names, fc.constantFrom('all', 'default')), fc.constantFrom('ipv6', 'ipv4'))
      .map(([name, family]) =>
        family === 'ipv6'
          ? `/proc/sys/net/ipv6/conf/${name}/disable_ipv6`
          : `/proc/sys/net/ipv4/conf/${name}/rp_filter`,
      ),
    fc.constantFrom('0', '1', 'x'),
  ),
  run(fc.constant(['tap0']), (name) => `qemu-system-x86_64 -netdev tap,ifname=${name}`),
  run(
    fc.tuple(fc.constantFrom('br0', 'br1'), fc.constantFrom('pa', 'pb')),
    (bridge, name) =>
      `ovs-vsctl --may-exist add-port ${bridge} ${name} -- set Interface ${name} type=patch options:peer=${name === 'pa' ? 'pb' : 'pa'}`,
  ),
  run(fc.tuple(vfs), (vf) => `qemu-system-x86_64 -device vfio-pci,host=${vf}`),
  run(fc.tuple(fc.constantFrom('4000', '4001')), (pid) => `kill ${pid}`),
  run(
    fc.tuple(fc.constantFrom('modprobe vfio-pci', 'modprobe -r vfio-pci', 'modprobe -r bonding', 'reboot')),
    (line) => line,
  ),
  run(
    fc.tuple(fc.constantFrom('--may-exist add-br', 'del-br'), fc.constantFrom('br0', 'br1', 'bond0', 'v40')),
    (verb, name) => `ovs-vsctl ${verb} ${name}`,
  ),
  run(
    fc.tuple(fc.constantFrom('br0', 'br1'), names),
    (bridge, name) => `ovs-vsctl --may-exist add-port ${bridge} ${name}`,
  ),
  run(
    fc.tuple(fc.constantFrom('br0', 'br1'), fc.constantFrom('1', '2')),
    (bridge, key) =>
      `ovs-vsctl --may-exist add-port ${bridge} vx${key} -- set Interface vx${key} type=vxlan options:remote_ip=10.0.0.9 options:key=${key}`,
  ),
  run(
    names.map((name) => [name]),
    (name) => `ovs-vsctl --if-exists del-port ${name}`,
  ),
  run(
    fc.tuple(fc.constantFrom('br0', 'br1'), fc.constantFrom('netdev', 'system', 'bogus')),
    (bridge, type) => `ovs-vsctl set Bridge ${bridge} datapath_type=${type}`,
  ),
  run(
    fc.tuple(
      fc.constantFrom('start', 'stop', 'restart'),
      fc.constantFrom('openvswitch-switch', 'ovs-vswitchd', 'ovsdb-server'),
    ),
    (verb, unit) => `systemctl ${verb} ${unit}`,
  ),
  fc
    .constantFrom('port0', 'port1', 'card')
    .map((what) => [`unplug ${what}`, async (host: SimHost) => unplug(host.state, what as 'card')] as const),
  fc
    .constantFrom('port0', 'card')
    .map((what) => [`plug ${what}`, async (host: SimHost) => plug(host.state, what as 'card')] as const),
);

function contradictions(state: SimState): readonly string[] {
  return [
    ...wrongNames(state),
    ...wrongMasters(state),
    ...wrongFunctions(state),
    ...wrongLag(state),
    ...wrongOvs(state),
    ...wrongUnderlay(state),
  ];
}

function wrongNames(state: SimState): readonly string[] {
  const all = state.netdevs.flatMap((n) => [n.name, ...n.altNames].map((name) => `${n.ns}/${name}`));
  const twice = all.filter((name, at) => all.indexOf(name) !== at).map((name) => `two netdevs are ${name}`);
  const homeless = state.netdevs.filter((n) => n.ns !== '' && !state.namespaces.includes(n.ns));
  return [...twice, ...homeless.map((n) => `${n.name} is in no namespace`)];
}

function wrongMasters(state: SimState): readonly string[] {
  return state.netdevs.flatMap((n) => {
    const master = state.netdevs.find((m) => m.ifindex === n.master);
    const bond = n.bond && state.netdevs.find((m) => m.ifindex === n.bond?.active);
    return [
      n.master !== 0 && master?.ns !== n.ns ? `${n.name} has a master elsewhere` : '',
      (n.slave !== undefined) !== (master?.bond !== undefined) ? `${n.name} is half a slave` : '',
      bond && bond.master !== n.ifindex ? `${n.name} has an active slave that is none` : '',
      n.kind !== 'vlan' || state.netdevs.some((m) => m.ifindex === n.peer)
        ? ''
        : `${n.name} stands on nothing`,
      n.mtu > n.maxMtu ? `${n.name} has too large an MTU` : '',
    ].filter(Boolean);
  });
}

function wrongFunctions(state: SimState): readonly string[] {
  const vfs = state.pfs.flatMap((pf) => pf.vfs.map((vf) => ({ pf, vf })));
  const pcis = vfs.map(({ vf }) => vf.pci);
  const known = new Set([...pcis, ...state.pfs.map((pf) => pf.pci), '', '0000:00:1f.6']);
  const driven = vfs.flatMap(({ pf, vf }) => {
    const own = state.netdevs.filter((n) => n.kind === 'vf' && n.pci === vf.pci).length;
    const reps = state.netdevs.filter(
      (n) => n.kind === 'representor' && n.pci === pf.pci && n.vf === vf.index,
    ).length;
    return [
      own !== (vf.driver === 'mlx5_core' ? 1 : 0) ? `${vf.pci} on ${vf.driver} has ${own} netdevs` : '',
      reps !== (pf.eswitch === 'switchdev' ? 1 : 0) ? `${vf.pci} has ${reps} representors` : '',
    ].filter(Boolean);
  });
  const held = state.processes
    .flatMap((p) => p.vfs)
    .filter((pci) => !vfs.some(({ vf }) => vf.pci === pci && vf.driver === 'vfio-pci'));
  const groups = state.pfs.flatMap((pf) => [pf.iommuGroup, ...pf.vfs.map((vf) => vf.iommuGroup)]);
  return [
    ...driven,
    ...held.map((pci) => `${pci} is held and not on vfio-pci`),
    ...state.netdevs.filter((n) => !known.has(n.pci)).map((n) => `${n.name} has no function`),
    new Set(pcis).size === pcis.length ? '' : 'two VFs have one address',
    new Set(groups).size === groups.length ? '' : 'two functions have one IOMMU group',
  ].filter(Boolean);
}

function wrongLag(state: SimState): readonly string[] {
  return state.lag.sharedFdb && state.lag.type !== 'switchdev' ? ['a shared FDB without switchdev LAG'] : [];
}

/** What depends on a netdev, or on its being up, must be gone with it. */
function wrongUnderlay(state: SimState): readonly string[] {
  const at = (ifindex: number) => state.netdevs.find((n) => n.ifindex === ifindex);
  const keys = Object.keys(state.sysctls).flatMap((path) => /#(\d+)\//.exec(path)?.[1] ?? []);
  return [
    ...state.routes.filter((r) => !at(r.ifindex)?.up).map((r) => `${r.dst} leaves by nothing`),
    ...state.routes
      .filter((r) => at(r.ifindex)?.ns !== r.ns)
      .map((r) => `${r.dst} leaves by another namespace`),
    ...keys
      .filter((ifindex) => !at(Number(ifindex)))
      .map((ifindex) => `a setting of netdev ${ifindex} is left`),
    ...state.netdevs
      .filter((n) => n.kind === 'vlan' && n.up && !at(n.peer)?.up)
      .map((n) => `${n.name} is up and what it stands on is not`),
    ...state.netdevs
      .filter((n) => !hasIpv6(state, n) && n.addresses.some((a) => a.family === 6))
      .map((n) => `${n.name} has IPv6 off, and an address`),
  ];
}

/** A running daemon's ports are exactly the datapath's. */
function wrongOvs(state: SimState): readonly string[] {
  const bridges = Object.entries(state.ovs.daemon?.bridges ?? {});
  const system = state.netdevs.find((n) => n.name === 'ovs-system' && n.kind === 'openvswitch');
  const ports = bridges.filter(([, b]) => b.datapath === 'system').flatMap(([, b]) => Object.keys(b.ports));
  const attached = state.netdevs.filter((n) => system !== undefined && n.master === system.ifindex);
  return [
    ...bridges
      .filter(([name]) => !state.netdevs.some((n) => n.name === name))
      .map(([name]) => `${name} has no LOCAL`),
    ...(state.ovs.daemon ? attached : [])
      .filter((n) => n.kind !== 'vxlan' && !ports.includes(n.name))
      .map((n) => `${n.name} is attached and no port`),
    ...ports
      .filter((name) => !/^(vx|p[ab]$)/.test(name) && !attached.some((n) => n.name === name))
      .map((name) => `${name} is a port and not attached`),
    state.ovs.daemon && !state.ovs.serves ? 'the daemon runs without its database' : '',
  ].filter(Boolean);
}

async function look(host: SimHost): Promise<void> {
  const before = JSON.stringify(host.state);
  await host.query(['ip', '-j', '-d', 'addr', 'show']);
  await host.query(['ip', '-d', 'addr', 'show']);
  await host.query(['ip', 'route']);
  if (host.state.ovs.serves) await host.query(['ovs-vsctl', 'show']);
  await host.query(['devlink', '-j', 'port', 'show']);
  for (const pf of host.state.pfs) {
    const folder = `${sys}/devices/${pf.pci}`;
    const links = (await host.listDir(folder)).filter((name) => name.startsWith('virtfn'));
    expect(links.length).toBe(Number(await host.readFile(`${folder}/sriov_numvfs`)));
    for (const link of links) expect(await host.readLink(`${folder}/${link}/physfn`)).toBe(`../${pf.pci}`);
  }
  expect(JSON.stringify(host.state)).toBe(before);
}

test('every sequence of commands leaves a possible host, fails only with HostErrors, and is all in its JSON', async () => {
  let refused = 0;
  let worked = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 40 }), async (acts) => {
      const host = memorySim();
      for (const [, act] of acts) {
        await act(host).then(
          () => {
            worked += 1;
          },
          (error: unknown) => {
            if (!(error instanceof HostError)) throw error;
            refused += 1;
          },
        );
        expect(contradictions(host.state)).toEqual([]);
      }
      await look(host);
      expect(JSON.parse(JSON.stringify(host.state))).toEqual(host.state);
    }),
    { numRuns: isWide ? 1000 : 120 },
  );
  expect(Math.min(refused, worked)).toBeGreaterThan(400);
}, 60_000);

const word = fc.oneof(
  fc.constantFrom(
    'ip',
    'link',
    'set',
    'add',
    'show',
    'dev',
    netdev0,
    'vf',
    '0',
    'vlan',
    'type',
    'bond',
    'route',
    'addr',
    '-j',
    '-batch',
    '-',
    'netns',
    'exec',
    'devlink',
    'ethtool',
    '-l',
    'cat',
    'tee',
    'systemd-run',
    '--on-active',
    'mode',
    'get',
    '__proto__',
    'constructor',
    '',
  ),
  fc.string({ maxLength: 8 }),
);

test('any command line and any path, however odd, is answered or refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 8 }), fc.string(), async (argv, text) => {
      const host = memorySim();
      const attempts = [
        () => host.run(argv, { stdin: text }),
        () => host.writeFile(`/sys/${text}`, text),
        () => host.readFile(`/${text}`),
        () => host.listDir(text),
      ];
      for (const attempt of attempts) {
        await attempt().then(undefined, (error: unknown) => {
          if (!(error instanceof HostError)) throw error;
        });
      }
      expect(contradictions(host.state)).toEqual([]);
    }),
    { numRuns: isWide ? 3000 : 400 },
  );
}, 60_000);
