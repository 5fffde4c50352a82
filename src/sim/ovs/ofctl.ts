import { nowMs } from '../clock.ts';
import { failed, type Program, type Reply, said, silent } from '../commands/program.ts';
import { own } from '../commands/words.ts';
import { Failure } from '../errno.ts';
import { readFile } from '../files/root.ts';
import { MissingProgram } from '../missing.ts';
import { isInstalled } from '../packages.ts';
import type { SimState } from '../state.ts';
import { applyFlows, selects } from './flow-table.ts';
import { type FlowText, parseFlow, portsOf } from './flow-text.ts';
import { type OfctlOptions, parseOptions } from './ofctl-options.ts';
import { dumpFlows, flowLine, portsText } from './ofctl-print.ts';
import { BadFlow } from './ofp-values.ts';
import type { BridgeInForce, OpenFlow } from './state.ts';
import { ovsVersion } from './version.ts';

interface OfctlCall {
  readonly state: SimState;
  readonly words: readonly string[];
  readonly options: OfctlOptions;
  readonly stdin: string;
}

interface Command {
  readonly min: number;
  readonly max: number;
  readonly act: (call: OfctlCall) => Reply;
}

const commands: { readonly [name: string]: Command | undefined } = {
  'add-flow': { min: 2, max: 2, act: (call) => change(call, 'add', false) },
  'add-flows': { min: 2, max: 2, act: (call) => change(call, 'add', true) },
  'mod-flows': { min: 2, max: 2, act: (call) => change(call, 'modify', (call.words[2] ?? '') === '-') },
  'del-flows': { min: 1, max: 2, act: (call) => change(call, 'delete', (call.words[2] ?? '') === '-') },
  'replace-flows': { min: 2, max: 2, act: (call) => replace(call) },
  'diff-flows': { min: 2, max: 2, act: (call) => diff(call) },
  'dump-flows': { min: 1, max: 2, act: (call) => dump(call) },
  'dump-ports-desc': { min: 1, max: 2, act: (call) => said(portsText(call.state, ...bridgeOf(call), false)) },
  show: { min: 1, max: 1, act: (call) => said(portsText(call.state, ...bridgeOf(call), true)) },
};

/** `ovs-ofctl` (utilities/ovs-ofctl.c). */
export const ovsOfctl: Program = ({ state, argv, stdin }) => {
  if (!isInstalled(state, 'openvswitch-switch')) throw new MissingProgram('ovs-ofctl');
  if (/^(--version|-V)$/.test(argv[1] ?? ''))
    return said(`ovs-ofctl (Open vSwitch) ${ovsVersion(state).release}\nOpenFlow versions 0x1:0x6\n`);
  const { words, options } = parseOptions(argv.slice(1));
  const [name] = words;
  if (name === undefined) return failed(1, 'ovs-ofctl: missing command name; use --help for help\n');
  const command = own(commands, name);
  if (!command) return failed(1, `ovs-ofctl: unknown command '${name}'; use --help for help\n`);
  const count = words.length - 1;
  if (count < command.min)
    return failed(1, `ovs-ofctl: '${name}' command requires at least ${command.min} arguments\n`);
  if (count > command.max)
    return failed(1, `ovs-ofctl: '${name}' command takes at most ${command.max} arguments\n`);
  return command.act({ state, words, options, stdin });
};

/** @throws Failure if there is no such bridge now */
function bridgeOf({ state, words }: OfctlCall, at = 1): readonly [BridgeInForce, string] {
  const name = words[at] ?? '';
  const bridges = state.ovs.daemon?.bridges ?? {};
  const bridge = Object.hasOwn(bridges, name) ? bridges[name] : undefined;
  if (!bridge || state.uid !== 0) throw new Failure(1, `ovs-ofctl: ${name} is not a bridge or a socket\n`);
  return [bridge, name];
}

type Kind = Pick<FlowText, 'verb' | 'strict'>;

/** Parses everything before it sends anything. */
function change(call: OfctlCall, verb: FlowText['verb'], isFile: boolean): Reply {
  const [bridge, name] = [...bridgeOf(call)] as const;
  const kind = { verb, strict: call.options.strict };
  const mods = isFile
    ? fileFlows(call, bridge, name, kind, 'open failed')
    : [oneFlow(call.words[2] ?? '', bridge, name, kind)];
  const adding = { nowMs: nowMs(call.state), resets: call.options.version < 3 };
  const internal = mods.findIndex((mod) => mod.table === 254);
  applyFlows(bridge, internal < 0 ? mods : mods.slice(0, internal), adding);
  const bad = mods[internal];
  if (bad) return refuseInternal(bad);
  return { ...silent, stderr: mods.map((mod) => normalization(call.state, mod)).join('') };
}

/** Table 254 is the daemon's own. */
function refuseInternal(mod: FlowText): Reply {
  const verb = { add: 'ADD', modify: 'MOD', delete: 'DEL' }[mod.verb];
  const actions = mod.actions === '' ? 'drop' : mod.actions;
  return failed(
    1,
    `OFPT_ERROR (xid=0xa): OFPBRC_EPERM\nNXT_FLOW_MOD (xid=0xa): ${verb} table:254 priority=${mod.priority} actions=${actions}\n`,
  );
}

function normalization(state: SimState, mod: FlowText): string {
  if (!mod.dropped) return '';
  const time = new Date(nowMs(state)).toISOString().slice(0, 19);
  const line = (n: number, text: string) => `${time}Z|0000${n}|ofp_match|INFO|${text}\n`;
  const { pre, post } = mod.dropped;
  return (
    line(1, 'normalization changed ofp_match, details:') + line(2, ` pre: ${pre}`) + line(3, `post: ${post}`)
  );
}

function oneFlow(text: string, bridge: BridgeInForce, name: string, kind: Kind, where = ''): FlowText {
  try {
    return parseFlow(text, portsOf(bridge, name), kind);
  } catch (error) {
    if (!(error instanceof BadFlow)) throw error;
    throw new Failure(1, `ovs-ofctl: ${where}${error.message}\n`);
  }
}

/** `-` is stdin; `#` begins a comment. */
function fileFlows(
  call: OfctlCall,
  bridge: BridgeInForce,
  name: string,
  kind: Kind,
  opening: string,
  at = 2,
): readonly FlowText[] {
  const path = call.words[at] ?? '';
  const text = path === '-' ? call.stdin : fileText(call.state, path, opening);
  return text.split('\n').flatMap((line, n) => {
    const flow = line.replace(/#.*$/, '').trim();
    return flow === '' ? [] : [oneFlow(flow, bridge, name, kind, `${path}:${n + 1}: `)];
  });
}

function fileText(state: SimState, path: string, opening: string): string {
  try {
    return readFile(state, '', path);
  } catch {
    throw new Failure(1, `ovs-ofctl: ${path}: ${opening} (No such file or directory)\n`);
  }
}

const adds: Kind = { verb: 'add', strict: false };

/** Unchanged flows keep their counters. */
function replace(call: OfctlCall): Reply {
  const [bridge, name] = bridgeOf(call);
  const mods = fileFlows(call, bridge, name, adds, 'open');
  const wanted = asBridge(mods, nowMs(call.state), call.options.version < 3);
  const lines = new Map(bridge.flows.map((flow) => [flowLine(flow), flow]));
  bridge.flows = wanted.flows.map((flow) => lines.get(flowLine(flow)) ?? flow);
  return silent;
}

function asBridge(mods: readonly FlowText[], now: number, resets: boolean): BridgeInForce {
  const bridge: BridgeInForce = { datapath: 'system', failMode: 'secure', nextPort: 1, ports: {}, flows: [] };
  applyFlows(bridge, mods, { nowMs: now, resets });
  return bridge;
}

/** Each side is a bridge or a file. */
function diff(call: OfctlCall): Reply {
  const [first, second] = [1, 2].map((at) => new Set(side(call, at).map((flow) => flowLine(flow))));
  const gone = [...(first ?? [])].filter((line) => !second?.has(line)).map((line) => `-${line}\n`);
  const come = [...(second ?? [])].filter((line) => !first?.has(line)).map((line) => `+${line}\n`);
  const stdout = [...gone, ...come].join('');
  return { stdout, stderr: '', code: stdout === '' ? 0 : 2 };
}

function side(call: OfctlCall, at: number): readonly OpenFlow[] {
  const word = call.words[at] ?? '';
  if (!word.includes('/')) return bridgeOf(call, at)[0].flows;
  const other = call.words[at === 1 ? 2 : 1] ?? '';
  const [bridge, name] = other.includes('/')
    ? [asBridge([], 0, false), '']
    : bridgeOf(call, at === 1 ? 2 : 1);
  return asBridge(fileFlows(call, bridge, name, adds, 'open', at), 0, false).flows;
}

function dump(call: OfctlCall): Reply {
  const [bridge, name] = bridgeOf(call);
  const wanted = oneFlow(call.words[2] ?? '', bridge, name, { verb: 'delete', strict: false });
  const flows = bridge.flows.filter((flow) => selects(bridge, wanted, flow));
  return said(dumpFlows(bridge, flows, call.options, nowMs(call.state)));
}
