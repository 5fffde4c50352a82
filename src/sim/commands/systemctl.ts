import { nowMs } from '../clock.ts';
import { isActive, type OvsUnit, ovsUnits, restartUnit, startUnit, stopUnit } from '../ovs/service.ts';
import { dropIns, loadedUnits, needsReload, settingOf } from '../ovs/unit-files.ts';
import { isInstalled } from '../packages.ts';
import type { SimState } from '../state.ts';
import { failed, type Program, type Reply, said, silent } from './program.ts';
import { own } from './words.ts';

type Verb = (state: SimState, units: readonly string[], argv: readonly string[]) => Reply;

export const systemctl: Program = ({ state, argv }) => {
  const rest = argv.slice(1).filter((word, at, all) => !word.startsWith('-') && all[at - 1] !== '-p');
  const [verb = '', ...units] = rest;
  const act = own(verbs, verb);
  return act ? act(state, units, argv) : failed(1, `Unknown command verb ${verb}.\n`);
};

const verbs: { readonly [verb: string]: Verb | undefined } = {
  start: (state, units) => each(units, (unit) => ask(state, unit, 'start', startUnit)),
  stop: (state, units) => each(units, (unit) => stop(state, unit)),
  restart: (state, units) => each(units, (unit) => ask(state, unit, 'restart', restartUnit)),
  'is-active': (state, units) => active(state, units[0] ?? ''),
  'is-enabled': (state, units) => enabled(state, units[0] ?? ''),
  enable: (state, units, argv) => setEnabled(state, units, true, argv.includes('--now')),
  disable: (state, units, argv) => setEnabled(state, units, false, argv.includes('--now')),
  show: (state, units, argv) => show(state, units[0] ?? '', argv),
  'daemon-reload': (state) => {
    if (state.uid !== 0) return failed(1, 'Failed to reload daemon: Interactive authentication required.\n');
    state.unitFiles = loadedUnits(state);
    return silent;
  },
  'reset-failed': (state) => {
    state.ovs.failed = false;
    return silent;
  },
};

function each(units: readonly string[], act: (unit: string) => Reply): Reply {
  if (units.length === 0) return failed(1, 'Too few arguments.\n');
  return units.map(act).find((reply) => reply.code !== 0) ?? silent;
}

/** Open vSwitch's unit of that name, if it is installed. */
function ovsUnit(state: SimState, unit: string): OvsUnit | undefined {
  const name = unit.replace(/\.service$/, '');
  return isInstalled(state, 'openvswitch-switch') ? ovsUnits.find((known) => known === name) : undefined;
}

function full(unit: string): string {
  return /\.(service|timer|socket|target|mount)$/.test(unit) ? unit : `${unit}.service`;
}

type Job = (state: SimState, unit: OvsUnit) => 'started' | 'aborted';

function ask(state: SimState, unit: string, verb: string, job: Job): Reply {
  const known = ovsUnit(state, unit);
  if (!known) return failed(5, `Failed to ${verb} ${full(unit)}: Unit ${full(unit)} not found.\n`);
  if (state.uid !== 0)
    return failed(4, `Failed to ${verb} ${full(unit)}: Interactive authentication required.\n`);
  if (job(state, known) === 'started') return silent;
  return known === 'ovs-vswitchd'
    ? ownJobFailed()
    : failed(1, `A dependency job for ${full(known)} failed. See 'journalctl -xe' for details.\n`);
}

function ownJobFailed(): Reply {
  const unit = 'ovs-vswitchd.service';
  return failed(
    1,
    `Job for ${unit} failed because the control process exited with error code.\nSee "systemctl status ${unit}" and "journalctl -xeu ${unit}" for details.\n`,
  );
}

function stop(state: SimState, unit: string): Reply {
  const known = ovsUnit(state, unit);
  if (known) {
    stopUnit(state, known);
    return silent;
  }
  const name = unit.replace(/\.timer$/, '');
  const isThere = unit.endsWith('.timer') && state.timers.some((timer) => timer.unit === name);
  if (!isThere) return failed(5, `Failed to stop ${full(unit)}: Unit ${full(unit)} not loaded.\n`);
  state.timers = state.timers.filter((timer) => timer.unit !== name);
  return silent;
}

function active(state: SimState, unit: string): Reply {
  const known = ovsUnit(state, unit);
  const timer = unit.endsWith('.timer') && state.timers.some((t) => `${t.unit}.timer` === unit);
  if (timer || (known && isActive(state, known))) return said('active\n');
  return { stdout: `${known ? resting(state, known) : 'inactive'}\n`, stderr: '', code: 3 };
}

/** What a unit is that does not run. */
function resting(state: SimState, unit: OvsUnit): 'failed' | 'inactive' {
  return unit === 'ovs-vswitchd' && state.ovs.failed ? 'failed' : 'inactive';
}

function enabled(state: SimState, unit: string): Reply {
  const known = ovsUnit(state, unit);
  if (!known)
    return failed(1, `Failed to get unit file state for ${full(unit)}: No such file or directory\n`);
  if (known !== 'openvswitch-switch') return said('static\n');
  return state.ovs.enabled ? said('enabled\n') : { stdout: 'disabled\n', stderr: '', code: 1 };
}

function setEnabled(state: SimState, units: readonly string[], on: boolean, now: boolean): Reply {
  for (const unit of units) {
    const known = ovsUnit(state, unit);
    if (known === 'openvswitch-switch') state.ovs.enabled = on;
    if (known && now && on) startUnit(state, known);
    if (known && now && !on) stopUnit(state, known);
  }
  return silent;
}

/** `show` knows every unit; one that is not there is `not-found` and inactive. */
function show(state: SimState, unit: string, argv: readonly string[]): Reply {
  const properties = propertiesOf(state, unit);
  const wanted = argv.flatMap((word, at) => {
    if (argv[at - 1] === '-p') return word.split(',');
    return /^(--property|-p)=/.test(word) ? (word.split('=')[1] ?? '').split(',') : [];
  });
  const shown =
    wanted.length > 0
      ? wanted.filter((name) => own(properties, name) !== undefined)
      : Object.keys(properties);
  const value = argv.includes('--value');
  return said(shown.map((name) => `${value ? '' : `${name}=`}${properties[name]}\n`).join(''));
}

function propertiesOf(state: SimState, unit: string): { readonly [name: string]: string } {
  const known = ovsUnit(state, unit);
  const name = full(unit);
  const running = known !== undefined && isActive(state, known);
  const daemon = known === 'ovs-vswitchd' ? state.ovs.daemon : undefined;
  const started = running ? new Date(state.ovs.daemon?.startedMs ?? nowMs(state)).toUTCString() : '';
  return {
    Id: name,
    LoadState: known ? 'loaded' : 'not-found',
    ActiveState: running ? 'active' : known ? resting(state, known) : 'inactive',
    SubState: running ? (known === 'openvswitch-switch' ? 'exited' : 'running') : 'dead',
    UnitFileState: known
      ? known === 'openvswitch-switch'
        ? state.ovs.enabled
          ? 'enabled'
          : 'disabled'
        : 'static'
      : '',
    MainPID: String(daemon?.pid ?? 0),
    ActiveEnterTimestamp: started,
    ActiveEnterTimestampMonotonic: String(running ? (state.ovs.daemon?.startedMs ?? 0) * 1000 : 0),
    FragmentPath: known ? `/usr/lib/systemd/system/${name}` : '',
    DropInPaths: dropIns(state.unitFiles, name).join(' '),
    After: ['network-pre.target', ...settingOf(state.unitFiles, name, 'After')].join(' '),
    Requires: ['ovsdb-server.service', ...settingOf(state.unitFiles, name, 'Requires')].join(' '),
    NeedDaemonReload: needsReload(state, name) ? 'yes' : 'no',
  };
}
