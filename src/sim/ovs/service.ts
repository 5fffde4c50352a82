import { advance } from '../clock.ts';
import { failed, type Program, type Reply, silent } from '../commands/program.ts';
import { guid } from '../macs.ts';
import type { SimState } from '../state.ts';
import { ovsdbPid } from '../systemd/main-process.ts';
import { settleUnits } from '../systemd/manager.ts';
import { entry, put, rootRow } from './database.ts';
import { forgetStatus, startDaemon, stopDaemon } from './vswitchd.ts';

const startMs = 300;
/** How long EAL takes to start (lab: 3.6 to 4 s). */
const dpdkStartMs = 3_800;

/** At the start of a boot nothing runs. */
export function coldOvs(state: SimState): void {
  state.ovs.serves = false;
  stopDaemon(state);
  state.ovs.talking = [];
  forgetStatus(state);
}

/** `ovs-ctl [--no-ovsdb-server | --no-ovs-vswitchd] start|stop|restart`, what Debian's units call. */
export const ovsCtl: Program = ({ state, argv }) => {
  const verb = argv.find((word) => /^(start|stop|restart)$/.test(word)) ?? '';
  const database = !argv.includes('--no-ovsdb-server');
  if (verb === '') return failed(1, `ovs-ctl: unknown command "${argv[1] ?? ''}" (use --help for help)\n`);
  if (verb !== 'start') stop(state, database);
  return verb === 'stop' ? silent : start(state, database);
};

function stop(state: SimState, database: boolean): void {
  if (database) state.ovs.serves = false;
  else stopDaemon(state);
}

function start(state: SimState, database: boolean): Reply {
  if (!database) return startVswitchd(state);
  startDatabase(state);
  return { ...silent, leaves: ovsdbPid };
}

function startVswitchd(state: SimState): Reply {
  if (!state.ovs.serves) return failed(1, 'ovs-vswitchd: ovsdb-server is not running\n');
  const started = state.ovs.daemon ? 'started' : startDaemon(state);
  advance(state, state.ovs.daemon?.dpdk ? dpdkStartMs : startMs);
  if (started === 'aborted') return failed(1, 'Starting ovs-vswitchd failed!\n');
  const { daemon } = state.ovs;
  return daemon ? { ...silent, leaves: daemon.pid } : failed(1, 'Starting ovs-vswitchd failed!\n');
}

/** Starts both daemons as their units do; returns the pid of ovs-vswitchd. */
export function startBoth(state: SimState): number {
  startDatabase(state);
  return startVswitchd(state).leaves ?? 0;
}

/** ovs-ctl records the host's identity. */
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

/** ovs-vswitchd crashes, and systemd restarts it (`Restart=on-failure`): the flows are gone. */
export function crashVswitchd(state: SimState): void {
  stopDaemon(state);
  settleUnits(state);
}

/** ovs-vswitchd is ended with SIGTERM: it stays stopped, and the database goes on. */
export function endVswitchd(state: SimState): void {
  const pid = state.ovs.daemon?.pid;
  if (pid === undefined) return;
  state.exits[String(pid)] = { kind: 'killed', status: 15 };
  stopDaemon(state);
  settleUnits(state);
}
