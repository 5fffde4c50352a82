import { advance } from '../clock.ts';
import { guid } from '../macs.ts';
import { isInstalled } from '../packages.ts';
import type { SimState } from '../state.ts';
import { entry, put, rootRow } from './database.ts';
import { runStartHooks } from './start-hooks.ts';
import { loadedUnits } from './unit-files.ts';
import { forgetStatus, type Started, startDaemon, stopDaemon } from './vswitchd.ts';

/** Debian's units: openvswitch-switch stands for the two daemons and is active as long as both are. */
export const ovsUnits = ['openvswitch-switch', 'ovs-vswitchd', 'ovsdb-server'] as const;
export type OvsUnit = (typeof ovsUnits)[number];

const startMs = 300;
/** EAL takes its time (lab: 3.6 to 4 s). */
const dpdkStartMs = 3_800;

export function bootServices(state: SimState): void {
  state.unitFiles = loadedUnits(state);
  state.ovs.serves = false;
  stopDaemon(state);
  state.ovs.talking = [];
  forgetStatus(state);
  if (isInstalled(state, 'openvswitch-switch') && state.ovs.enabled) startUnit(state, 'openvswitch-switch');
}

export function isActive(state: SimState, unit: OvsUnit): boolean {
  if (unit === 'ovsdb-server') return state.ovs.serves;
  return state.ovs.serves && state.ovs.daemon !== undefined;
}

/** The daemons need each other: ovs-vswitchd brings ovsdb-server along. */
export function startUnit(state: SimState, unit: OvsUnit): Started {
  startDatabase(state);
  if (unit === 'ovsdb-server' || state.ovs.daemon) return 'started';
  const started = startDaemon(state);
  advance(state, hasDpdk(state) ? dpdkStartMs : startMs);
  const works = started === 'started' && runStartHooks(state);
  state.ovs.failed = !works;
  if (works) return 'started';
  stopDaemon(state);
  return 'aborted';
}

function hasDpdk({ ovs }: SimState): boolean {
  return ovs.daemon?.dpdk === true;
}

/** ovs-ctl writes who the host is. */
function startDatabase(state: SimState): void {
  if (state.ovs.serves) return;
  state.ovs.serves = true;
  const root = rootRow(state.ovs.rows);
  const ids = {
    hostname: state.name,
    rundir: '/var/run/openvswitch',
    'system-id': guid(`system/${state.name}`),
  };
  const system = entry(root, 'external_ids', 'system-id');
  if (system === '') put(root, 'external_ids', Object.entries(ids));
  put(root, 'system_type', [['debian']]);
  put(root, 'system_version', [[state.kernel === 'debian-12' ? '12' : '13']]);
}

export function stopUnit(state: SimState, unit: OvsUnit): void {
  stopDaemon(state);
  if (unit !== 'ovs-vswitchd') state.ovs.serves = false;
}

export function restartUnit(state: SimState, unit: OvsUnit): Started {
  stopUnit(state, unit);
  return startUnit(state, unit === 'ovsdb-server' ? 'openvswitch-switch' : unit);
}

/** ovs-vswitchd dies without being asked to, and systemd starts it again (`Restart=on-failure`): the flows are gone. */
export function crashVswitchd(state: SimState): Started {
  return restartUnit(state, 'ovs-vswitchd');
}
