import { findNetdev } from '../netdevs.ts';
import type { SimState } from '../state.ts';
import { defaultPriority } from './flow-text.ts';
import type { OfctlOptions } from './ofctl-options.ts';
import { newerActions } from './ofp-actions.ts';
import type { BridgeInForce, OpenFlow } from './state.ts';

/** A flow as `diff-flows` and `dump-flows --no-stats` print it. */
export function flowLine(flow: OpenFlow): string {
  const cookie = flow.cookie === '0x0' ? '' : `cookie=${flow.cookie}, `;
  const table = flow.table === 0 ? '' : `table=${flow.table}, `;
  return cookie + table + extras(flow) + tail(flow, matchOf(flow), flow.actions);
}

function extras(flow: OpenFlow): string {
  return flow.extra.map((word) => (word.includes('=') ? `${word}, ` : `${word} `)).join('');
}

function matchOf(flow: OpenFlow): readonly string[] {
  return flow.match;
}

function tail(flow: OpenFlow, match: readonly string[], actions: string): string {
  const priority = flow.priority === defaultPriority ? [] : [`priority=${flow.priority}`];
  const head = [...priority, ...match].join(',');
  return `${head === '' ? '' : `${head} `}actions=${actions}`;
}

/** By table, then by priority, the highest first. */
function ordered(flows: readonly OpenFlow[], sort: boolean): readonly OpenFlow[] {
  const up = (a: OpenFlow, b: OpenFlow) => a.priority - b.priority;
  return [...flows].sort((a, b) => a.table - b.table || (sort ? up(a, b) : up(b, a)));
}

export function dumpFlows(
  bridge: BridgeInForce,
  flows: readonly OpenFlow[],
  options: OfctlOptions,
  nowMs: number,
): string {
  const heading = options.stats ? `${headings[options.version] ?? ''}\n` : '';
  const names = portNames(bridge);
  const lines = ordered(flows, options.sort).map((flow) => ` ${dumpLine(flow, options, nowMs, names)}\n`);
  return heading + lines.join('');
}

const headings = [
  'NXST_FLOW reply (xid=0x4):',
  'OFPST_FLOW reply (OF1.1) (xid=0x2):',
  'OFPST_FLOW reply (OF1.2) (xid=0x2):',
  'OFPST_FLOW reply (OF1.3) (xid=0x2):',
  'OFPST_FLOW reply (OF1.4) (xid=0x2):',
  'OFPST_FLOW reply (OF1.5) (xid=0x2):',
];

type Names = ReadonlyMap<string, string>;

/** Names of reserved ports, including LOCAL, take precedence over netdevs' (lib/ofp-port.c, ofputil_format_port). */
function portNames(bridge: BridgeInForce): Names {
  return new Map(Object.entries(bridge.ports).map(([port, n]) => [String(n), quoted(port)] as const));
}

/** Quotes every name that is not a letter followed by letters and digits (lib/ofp-port.c, namemap_put_name). */
function quoted(name: string): string {
  return /^[A-Za-z][A-Za-z0-9]*$/.test(name) ? name : `"${name}"`;
}

function dumpLine(flow: OpenFlow, options: OfctlOptions, nowMs: number, names: Names): string {
  const { version } = options;
  const newer = version > 0 ? newerActions(flow.actions) : flow.actions;
  const actions = options.names
    ? newer.replace(/output:(\d+)/g, (all, n) => `output:${names.get(n) ?? all.slice(7)}`)
    : newer;
  const resets = flow.resets && version >= 3 ? 'reset_counts ' : '';
  const match = matchOf(flow).map((part) => {
    const port = /^in_port=(.*)$/.exec(part)?.[1];
    if (version > 0 && part === 'vlan_tci=0x0000') return 'vlan_tci=0x0000/0x1fff';
    return options.names && port !== undefined ? `in_port=${names.get(port) ?? port}` : part;
  });
  const rest = tail(flow, match, actions);
  if (!options.stats) {
    const cookie = flow.cookie === '0x0' ? '' : `cookie=${flow.cookie}, `;
    return `${cookie}${flow.table === 0 ? '' : `table=${flow.table}, `}${extras(flow)}${resets}${rest}`;
  }
  const seconds = Math.max(0, nowMs - flow.addedMs) / 1000;
  const age = version === 0 || version === 5 ? `idle_age=${Math.floor(seconds)}, ` : '';
  const counters = `cookie=${flow.cookie}, duration=${seconds.toFixed(3)}s, table=${flow.table}, n_packets=0, n_bytes=0, `;
  return `${counters}${extras(flow)}${resets}${age}${rest}`;
}

/** `show` and `dump-ports-desc`. */
export function portsText(state: SimState, bridge: BridgeInForce, name: string, features: boolean): string {
  const local = findNetdev(state, '', name);
  const dpid = `0000${(local?.mac ?? '').replaceAll(':', '')}`;
  const ports = [...Object.entries(bridge.ports).sort((a, b) => a[1] - b[1]), [name, -1] as const];
  const body = ports.map(([port, number]) => portText(state, port, number)).join('');
  if (!features) return `OFPST_PORT_DESC reply (xid=0x2):\n${body}`;
  const actions =
    'output enqueue set_vlan_vid set_vlan_pcp strip_vlan mod_dl_src mod_dl_dst mod_nw_src mod_nw_dst mod_nw_tos mod_tp_src mod_tp_dst';
  return `OFPT_FEATURES_REPLY (xid=0x2): dpid:${dpid}\nn_tables:254, n_buffers:0\ncapabilities: FLOW_STATS TABLE_STATS PORT_STATS QUEUE_STATS ARP_MATCH_IP\nactions: ${actions}\n${body}OFPT_GET_CONFIG_REPLY (xid=0x4): frags=normal miss_send_len=0\n`;
}

function portText(state: SimState, name: string, number: number): string {
  const netdev = findNetdev(state, '', name);
  const down = netdev !== undefined && !netdev.up;
  const config = down ? 'PORT_DOWN' : '0';
  return ` ${number < 0 ? 'LOCAL' : number}(${name}): addr:${netdev?.mac ?? '00:00:00:00:00:00'}\n     config:     ${config}\n     state:      ${down ? 'LINK_DOWN' : '0'}\n     speed: 0 Mbps now, 0 Mbps max\n`;
}
