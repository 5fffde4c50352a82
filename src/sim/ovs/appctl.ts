import { failed, type Program, type Reply, said, silent } from '../commands/program.ts';
import { own } from '../commands/words.ts';
import { MissingProgram } from '../missing.ts';
import { findNetdev } from '../netdevs.ts';
import { isInstalled } from '../packages.ts';
import type { Netdev, SimState } from '../state.ts';
import { bondList, bondShow } from './bond-ports.ts';
import { bridgeWants, type WantedIface } from './bridge-wants.ts';
import { datumIn, entry, numberOf, rootRow } from './database.ts';
import { dumpDatapathFlows } from './datapath-flows.ts';
import type { Vswitchd } from './state.ts';
import { isTunnel, udpPort } from './tunnels.ts';
import { ovsVersion } from './version.ts';
import { stopDaemon } from './vswitchd.ts';

type Command = (state: SimState, daemon: Vswitchd, words: readonly string[]) => Reply;

/** `ovs-appctl`, for ovs-vswitchd only. */
export const ovsAppctl: Program = ({ state, argv }) => {
  if (!isInstalled(state, 'openvswitch-switch')) throw new MissingProgram('ovs-appctl');
  const { target, words } = parse(argv.slice(1));
  const { daemon } = state.ovs;
  if (!daemon || target !== 'ovs-vswitchd') {
    const path = `/var/run/openvswitch/${target}.pid`;
    return failed(1, `ovs-appctl: cannot read pidfile "${path}" (No such file or directory)\n`);
  }
  const [name = '', ...rest] = words;
  const command = own(commands, name);
  if (command) return command(state, daemon, rest);
  return refused(`"${name}" is not a valid command (use "list-commands" to see a list of valid commands)`);
};

function parse(argv: readonly string[]): { readonly target: string; readonly words: readonly string[] } {
  let target = 'ovs-vswitchd';
  let at = 0;
  for (let word = argv[at]; word?.startsWith('-'); word = argv[at]) {
    at += 1;
    const inline = /^--target=(.*)$/.exec(word)?.[1];
    if (word === '-t' || word === '--target') target = argv[at++] ?? '';
    else if (inline !== undefined) target = inline;
    else if (word === '-T') at += 1;
  }
  return { target, words: argv.slice(at) };
}

function refused(why: string): Reply {
  return failed(2, `${why}\novs-appctl: ovs-vswitchd: server returned an error\n`);
}

const commands: { readonly [name: string]: Command | undefined } = {
  version: (state) => said(`ovs-vswitchd (Open vSwitch) ${ovsVersion(state).release}\n`),
  exit: (state) => {
    stopDaemon(state);
    return silent;
  },
  'vlog/set': () => silent,
  'vlog/list': () =>
    said('                 console    syslog    file\n                 -------    ------    ------\n'),
  'coverage/show': () => said(''),
  'revalidator/purge': () => silent,
  'dpctl/dump-flows': (state, daemon, words) => dumpDatapathFlows(state, daemon, words) ?? badType(words),
  'dpctl/show': (state, daemon) => said(showDatapaths(state, daemon, false)),
  'dpif/show': (state, daemon) => said(showDatapaths(state, daemon, true)),
  'fdb/show': (_, daemon, words) =>
    Object.hasOwn(daemon.bridges, words[0] ?? '')
      ? said(' port  VLAN  MAC                Age\n')
      : refused('no such bridge'),
  'fdb/flush': () => said('table successfully flushed\n'),
  'bond/list': (state) => said(bondList(state)),
  'bond/show': (state, _, words) => {
    const text = bondShow(state, words[0]);
    return text === undefined ? refused('no such bond') : said(text);
  },
  'ovs/route/show': (state) => said(`Route Table:\n${routes(state).join('')}`),
  'tnl/ports/show': (state) => said(`Listening ports:\n${listening(state).join('')}`),
  'tnl/arp/show': () =>
    said(
      'IP                                            MAC                 Bridge\n==========================================================================\n',
    ),
  'tnl/neigh/show': () =>
    said(
      'IP                                            MAC                 Bridge\n==========================================================================\n',
    ),
  'dpif-netdev/pmd-rxq-show': (state, daemon) => said(pmdQueues(state, daemon)),
  'dpif-netdev/pmd-stats-show': (_, daemon) =>
    said(daemon.dpdk ? 'pmd thread numa_id 0 core_id 0:\n  packets received: 0\n' : ''),
};

function badType(words: readonly string[]): Reply {
  const type = words.find((word) => word.startsWith('type='))?.slice(5) ?? '';
  return failed(
    2,
    `ovs-vswitchd: Failed to parse type (${type}) (Invalid argument)\novs-appctl: ovs-vswitchd: server returned an error\n`,
  );
}

const datapathName = { system: 'system@ovs-system', netdev: 'netdev@ovs-netdev' } as const;

function showDatapaths(state: SimState, daemon: Vswitchd, byBridge: boolean): string {
  const wanted = bridgeWants(state).filter((bridge) => daemon.bridges[bridge.name]);
  return (['netdev', 'system'] as const)
    .filter((datapath) => wanted.some((bridge) => bridge.datapath === datapath))
    .map((datapath) => {
      const bridges = wanted.filter((bridge) => bridge.datapath === datapath);
      if (!byBridge) {
        const ports = bridges.flatMap((bridge) => bridge.ifaces.filter(works).map((iface) => iface.name));
        const lines = ports.map((name, at) => `  port ${at + 1}: ${name}\n`).join('');
        return `${datapathName[datapath]}:\n  lookups: hit:0 missed:0 lost:0\n  flows: 0\n${lines}`;
      }
      const parts = bridges.map(
        (bridge) =>
          `  ${bridge.name}:\n${bridge.ifaces
            .filter(works)
            .map((i) => portLine(i))
            .join('')}`,
      );
      return `${datapathName[datapath]}: hit:0 missed:0\n${parts.join('')}`;
    })
    .join('');
}

function works(iface: WantedIface): boolean {
  return (numberOf(iface.row, 'ofport') ?? -1) > 0;
}

function portLine(iface: WantedIface): string {
  const number = numberOf(iface.row, 'ofport') ?? -1;
  const options = datumIn(iface.row, 'options').map(([k, v]) => `${k}=${v}`);
  const type = iface.local ? 'internal' : iface.type || 'system';
  const more = isTunnel(iface.type) ? `: ${options.join(', ')}` : '';
  return `    ${iface.name} ${number}/${number === 65534 ? 'none' : number}: (${type}${more})\n`;
}

/** The daemon's copy of the kernel's routes. */
function routes(state: SimState): readonly string[] {
  const up = state.netdevs.filter((n) => n.ns === '' && n.up && n.kind !== 'loopback');
  const own = up.flatMap((n) =>
    n.addresses.map(
      (a) => `Cached: ${a.local}/${a.family === 4 ? 32 : 128} dev ${n.name} SRC ${a.local} local\n`,
    ),
  );
  const nets = state.routes
    .filter((route) => route.ns === '')
    .map((route) => {
      const netdev = state.netdevs.find((n) => n.ifindex === route.ifindex);
      const dst = route.dst === 'default' ? '0.0.0.0/0' : route.dst;
      const via = route.via === '' ? '' : ` GW ${route.via}`;
      return `Cached: ${dst} dev ${netdev?.name ?? ''}${via}${source(netdev)}\n`;
    });
  return [...own, ...nets];
}

function source(netdev: Netdev | undefined): string {
  const address = netdev?.addresses.find((a) => a.family === 4)?.local;
  return address === undefined ? '' : ` SRC ${address}`;
}

/** Tunnels of the userspace datapath listen on its bridges' addresses. */
function listening(state: SimState): readonly string[] {
  const bridges = bridgeWants(state).filter((bridge) => bridge.datapath === 'netdev');
  const ports = new Set(
    bridges.flatMap((b) => b.ifaces.filter((i) => i.type === 'vxlan' && works(i)).map(udpPort)),
  );
  const hasAddress = bridges.some((b) => (findNetdev(state, '', b.name)?.addresses.length ?? 0) > 0);
  return hasAddress ? [...ports].map((port) => `vxlan_sys_${port} (1) ref_cnt=1\n`) : [];
}

/** `pmd-cpu-mask` takes effect at once: those of its cores that exist, or by default the first core (dpif-netdev.c). */
function pollingCores(state: SimState): readonly number[] {
  const mask = entry(rootRow(state.ovs.rows), 'other_config', 'pmd-cpu-mask').replace(/^0x/i, '');
  if (!/^[0-9a-f]+$/i.test(mask)) return [0];
  const bits = BigInt(`0x${mask}`);
  return Array.from({ length: machineCpus }, (_, core) => core).filter(
    (core) => ((bits >> BigInt(core)) & 1n) === 1n,
  );
}

/** As in /sys/devices/system/node/node0/cpulist. */
const machineCpus = 32;

/** The queues of all ports, distributed over the polling cores. */
function pmdQueues(state: SimState, daemon: Vswitchd): string {
  if (!daemon.dpdk) return '';
  const ports = bridgeWants(state).flatMap((b) => b.ifaces.filter((i) => i.type === 'dpdk' && works(i)));
  const lines = ports.map((i) => `  port: ${i.name.padEnd(16)}  queue-id:  0 (enabled)   pmd usage:  0 %\n`);
  const cores = pollingCores(state);
  const mine = (at: number) => lines.filter((_, i) => i % cores.length === at).join('');
  return cores
    .map(
      (core, at) =>
        `pmd thread numa_id 0 core_id ${core}:\n  isolated : false\n${mine(at)}  overhead:  0 %\n`,
    )
    .join('');
}
