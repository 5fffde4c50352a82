import { type FlowText, portsOf } from './flow-text.ts';
import { covers, printMatch, readMatch } from './ofp-match.ts';
import type { BridgeInForce, OpenFlow } from './state.ts';

/** A standalone bridge is a learning switch; a secure one forwards nothing until it has flows (connmgr_flushed). */
export function defaultFlows(failMode: 'standalone' | 'secure', nowMs: number): OpenFlow[] {
  if (failMode === 'secure') return [];
  return [
    {
      table: 0,
      priority: 0,
      cookie: '0x0',
      match: [],
      actions: 'NORMAL',
      extra: [],
      resets: false,
      addedMs: nowMs,
    },
  ];
}

export interface Adding {
  readonly nowMs: number;
  /** The change came through OpenFlow 1.2 or older. */
  readonly resets: boolean;
}

/** Applies all flow mods (ofproto.c, handle_flow_mod). */
export function applyFlows(bridge: BridgeInForce, mods: readonly FlowText[], adding: Adding): void {
  let places: Map<string, number> | undefined;
  for (const mod of mods) {
    if (mod.verb === 'add') {
      places ??= new Map(bridge.flows.map((flow, at) => [placeOf(flow), at]));
      add(bridge, mod, adding, places);
      continue;
    }
    places = undefined;
    if (mod.verb === 'modify') modify(bridge, mod, adding);
    else bridge.flows = bridge.flows.filter((flow) => !selects(bridge, mod, flow));
  }
}

/** A flow's identity: its table, priority and match. */
function placeOf(flow: Pick<OpenFlow, 'table' | 'priority' | 'match'>): string {
  return `${flow.table} ${flow.priority} ${flow.match.join()}`;
}

function add(
  bridge: BridgeInForce,
  mod: FlowText,
  { nowMs, resets }: Adding,
  places: Map<string, number>,
): void {
  const added: OpenFlow = {
    table: Math.max(0, mod.table),
    priority: mod.priority,
    cookie: `0x${mod.cookie.toString(16)}`,
    match: printMatch(mod.match),
    actions: mod.actions,
    extra: mod.extra,
    resets,
    addedMs: nowMs,
  };
  const place = placeOf(added);
  const at = places.get(place) ?? bridge.flows.length;
  places.set(place, at);
  bridge.flows[at] = added;
}

/** A modification without a match does nothing (OpenFlow 1.1 and later; ofctl's 1.0 adds a flow). */
function modify(bridge: BridgeInForce, mod: FlowText, adding: Adding): void {
  const hit = bridge.flows.filter((flow) => selects(bridge, mod, flow));
  for (const flow of hit) flow.actions = mod.actions;
  if (hit.length === 0 && adding.resets) applyFlows(bridge, [{ ...mod, verb: 'add' }], adding);
}

/** Whether a deletion or a query covers this flow. */
export function selects(bridge: BridgeInForce, mod: FlowText, flow: OpenFlow): boolean {
  if (mod.table >= 0 && mod.table !== flow.table) return false;
  if ((BigInt(flow.cookie) & mod.cookieMask) !== (mod.cookie & mod.cookieMask)) return false;
  if (mod.outPort !== undefined && !flow.actions.split(',').includes(`output:${mod.outPort}`)) return false;
  if (mod.strict) return flow.priority === mod.priority && flow.match.join() === printMatch(mod.match).join();
  return covers(mod.match, readMatch(flow.match, portsOf(bridge, '')));
}
