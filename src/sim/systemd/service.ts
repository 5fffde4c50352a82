import { nowMs } from '../clock.ts';
import type { SimState } from '../state.ts';
import { setActive } from './active.ts';
import { makeDirectories, removeDirectories } from './directories.ts';
import { isClean, isCleanEnd, sayEnded } from './endings.ts';
import { commandsIn, type Executed, execFailed, execute, sayMissing } from './execute.ts';
import { note } from './journal.ts';
import { endMainProcess } from './main-process.ts';
import { isTooOften, mustRestart, scheduleRestart } from './restarts.ts';
import type { CommandList, Unit } from './state.ts';
import { isTrue, linesOf, settingOf, titleOf } from './unit.ts';

/** A service's order of commands (service.c). When one ends, `proceed` continues from there. */
const order: { readonly [list in CommandList]?: CommandList } = {
  ExecCondition: 'ExecStartPre',
  ExecStartPre: 'ExecStart',
  ExecStart: 'ExecStartPost',
  ExecStop: 'ExecStopPost',
};

const subs: { readonly [list in CommandList]: string } = {
  ExecCondition: 'condition',
  ExecStartPre: 'start-pre',
  ExecStart: 'start',
  ExecStartPost: 'start-post',
  ExecReload: 'reload',
  ExecStop: 'stop',
  ExecStopPost: 'stop-post',
};

export function typeOf(state: SimState, unit: Unit): string {
  const type = settingOf(state, unit, 'Service', 'Type');
  if (type !== '') return type;
  if (settingOf(state, unit, 'Service', 'BusName') !== '') return 'dbus';
  return linesOf(state, unit, 'Service', 'ExecStart').length > 0 ? 'simple' : 'oneshot';
}

/** Begins a start; `restarts` counts automatic ones. */
export function startService(state: SimState, unit: Unit): void {
  if (isTooOften(state, unit)) {
    note(state, unit.name, `${unit.name}: Start request repeated too quickly.`, { priority: 4 });
    fail(state, unit, unit.result === 'success' ? 'start-limit-hit' : unit.result);
    return;
  }
  unit.startsMs = [...unit.startsMs, nowMs(state)].slice(-10);
  unit.result = 'success';
  unit.execCode = 'none';
  unit.execStatus = 0;
  unit.mainPid = 0;
  delete unit.restartAtMs;
  note(state, unit.name, `Starting ${titleOf(state, unit)}...`);
  setActive(state, unit, 'activating', 'start');
  makeDirectories(state, unit);
  unit.stage = { list: 'ExecCondition', at: 0 };
  proceed(state, unit);
}

/** Runs commands until one does not end at once. */
export function proceed(state: SimState, unit: Unit): void {
  for (let stage = unit.stage; stage !== undefined; stage = unit.stage) {
    const command = commandsIn(state, unit, stage.list)[stage.at];
    if (command === undefined) {
      nextList(state, unit, stage.list);
      continue;
    }
    unit.sub = subs[stage.list];
    const ended = execute(state, unit, command);
    if (waits(state, unit, stage.list, ended)) return;
    if (ended.kind === 'exited' || ended.kind === 'killed')
      ofCommand(state, unit, { ...ended, mayFail: command.mayFail, program: command.argv[0] ?? '' });
  }
}

/** Whether the service must wait now; a process that goes on becomes its main process. */
function waits(state: SimState, unit: Unit, list: CommandList, ended: Executed): boolean {
  if (ended.kind === 'exited' || ended.kind === 'killed') return false;
  const isMain = list === 'ExecStart';
  if (ended.kind === 'foreign') unit.foreign = ended.id;
  else unit.mainPid = ended.pid;
  const type = typeOf(state, unit);
  if (!isMain || type === 'oneshot' || type === 'forking') return true;
  unit.stage = { list: 'ExecStartPost', at: 0 };
  return false;
}

interface Ended {
  readonly kind: 'exited' | 'killed';
  readonly status: number;
  readonly leaves?: number;
  readonly mayFail: boolean;
  readonly program: string;
}

/** Handles the end of a command in a list. */
function ofCommand(state: SimState, unit: Unit, ended: Ended): void {
  const { stage } = unit;
  if (!stage) return;
  const isMain = stage.list === 'ExecStart';
  if (isMain) {
    unit.execCode = ended.kind;
    unit.execStatus = ended.status;
  }
  const good = ended.kind === 'exited' && isClean(state, unit, ended.status);
  if (ended.kind === 'exited' && ended.status === execFailed) sayMissing(state, unit.name, ended.program);
  if (!good) sayEnded(state, unit, isMain && typeOf(state, unit) !== 'forking', ended);
  if (stage.list === 'ExecCondition' && ended.status > 0 && ended.status < 255 && ended.kind === 'exited')
    skip(state, unit);
  else if (good || ended.mayFail || stage.list === 'ExecReload') went(state, unit, ended);
  else if (isMain && isSimple(state, unit) && ended.status !== execFailed) went(state, unit, ended);
  else if (isMain && typeOf(state, unit) === 'simple') went(state, unit, ended);
  else broken(state, unit, ended.kind === 'killed' ? 'signal' : 'exit-code');
}

function went(state: SimState, unit: Unit, ended: Ended): void {
  const { stage } = unit;
  if (!stage) return;
  if (stage.list === 'ExecStart' && ended.leaves !== undefined) unit.mainPid = ended.leaves;
  if (stage.list === 'ExecStart' && isReadyLater(state, unit)) {
    broken(state, unit, ended.status === 0 ? 'protocol' : 'exit-code');
    return;
  }
  unit.stage = { list: stage.list, at: stage.at + 1 };
}

function isSimple(state: SimState, unit: Unit): boolean {
  return ['simple', 'exec', 'idle'].includes(typeOf(state, unit));
}

/** Whether it reports when it is ready: an end before that is a failure. */
function isReadyLater(state: SimState, unit: Unit): boolean {
  return ['notify', 'notify-reload', 'dbus'].includes(typeOf(state, unit));
}

function nextList(state: SimState, unit: Unit, list: CommandList): void {
  const next = order[list];
  if (next !== undefined) {
    if (list === 'ExecStop') endMainProcess(state, unit);
    unit.stage = { list: next, at: 0 };
    return;
  }
  delete unit.stage;
  if (list === 'ExecStartPost') started(state, unit);
  else if (list === 'ExecReload') reloaded(state, unit);
  else dead(state, unit);
}

function reloaded(state: SimState, unit: Unit): void {
  note(state, unit.name, `Reloaded ${titleOf(state, unit)}.`);
  setActive(state, unit, 'active', unit.mainPid === 0 ? 'exited' : 'running');
}

function started(state: SimState, unit: Unit): void {
  const stays = isTrue(settingOf(state, unit, 'Service', 'RemainAfterExit'));
  const runs = unit.mainPid !== 0 || unit.foreign !== undefined;
  const oneshot = typeOf(state, unit) === 'oneshot';
  note(state, unit.name, `${oneshot ? 'Finished' : 'Started'} ${titleOf(state, unit)}.`);
  if (runs) setActive(state, unit, 'active', 'running');
  else if (stays && (oneshot || unit.execStatus === 0)) setActive(state, unit, 'active', 'exited');
  else {
    if (!oneshot) setActive(state, unit, 'active', 'running');
    if (unit.execStatus !== 0 && !oneshot) unit.result = 'exit-code';
    stopping(state, unit, 'ExecStop');
  }
}

/** A start or the running service has failed: ExecStop is skipped. */
function broken(state: SimState, unit: Unit, result: string): void {
  if (unit.result === 'success') unit.result = result;
  endMainProcess(state, unit);
  setActive(state, unit, 'deactivating', 'stop-post');
  unit.stage = { list: 'ExecStopPost', at: 0 };
}

function skip(state: SimState, unit: Unit): void {
  delete unit.stage;
  note(state, unit.name, `${unit.name}: Skipped due to 'exec-condition'.`);
  unit.result = 'exec-condition';
  setActive(state, unit, 'inactive', 'dead');
}

function stopping(state: SimState, unit: Unit, list: 'ExecStop' | 'ExecStopPost'): void {
  setActive(state, unit, 'deactivating', subs[list]);
  unit.stage = { list, at: 0 };
  proceed(state, unit);
}

/** A stop was requested: its commands run only if the service had started. */
export function stopService(state: SimState, unit: Unit): void {
  const ran = unit.active === 'active';
  note(state, unit.name, `Stopping ${titleOf(state, unit)}...`);
  delete unit.restartAtMs;
  if (unit.sub === 'auto-restart') {
    setActive(state, unit, 'inactive', 'dead');
    return;
  }
  if (!ran) endMainProcess(state, unit);
  if (ran) unit.result = 'success';
  stopping(state, unit, ran ? 'ExecStop' : 'ExecStopPost');
}

export function reloadService(state: SimState, unit: Unit): void {
  unit.sub = 'reload';
  note(state, unit.name, `Reloading ${titleOf(state, unit)}...`);
  unit.stage = { list: 'ExecReload', at: 0 };
  proceed(state, unit);
}

/** The main process, or the awaited one, has ended. */
export function processEnded(
  state: SimState,
  unit: Unit,
  ended: { readonly kind: 'exited' | 'killed'; readonly status: number },
): void {
  unit.mainPid = 0;
  const { stage } = unit;
  if (stage && stage.list !== 'ExecStartPost') {
    const command = commandsIn(state, unit, stage.list)[stage.at];
    ofCommand(state, unit, { ...ended, mayFail: command?.mayFail ?? false, program: command?.argv[0] ?? '' });
    proceed(state, unit);
    return;
  }
  mainEnded(state, unit, ended);
}

function mainEnded(
  state: SimState,
  unit: Unit,
  ended: { readonly kind: 'exited' | 'killed'; readonly status: number },
): void {
  unit.execCode = ended.kind;
  unit.execStatus = ended.status;
  const clean = isCleanEnd(state, unit, ended);
  if (!clean) sayEnded(state, unit, true, ended);
  if (unit.active === 'deactivating') return;
  if (!clean) {
    broken(state, unit, ended.kind === 'killed' ? 'signal' : 'exit-code');
    proceed(state, unit);
  } else if (isTrue(settingOf(state, unit, 'Service', 'RemainAfterExit'))) {
    setActive(state, unit, 'active', 'exited');
  } else stopping(state, unit, 'ExecStop');
}

/** No process of the service runs any more. */
function dead(state: SimState, unit: Unit): void {
  removeDirectories(state, unit);
  const good = unit.result === 'success';
  const wasStarting = unit.activeEnterMs <= unit.inactiveEnterMs && unit.active !== 'active';
  if (!good) note(state, unit.name, `${unit.name}: Failed with result '${unit.result}'.`, { priority: 4 });
  else note(state, unit.name, `${unit.name}: Deactivated successfully.`);
  if (mustRestart(state, unit)) {
    scheduleRestart(state, unit);
    return;
  }
  if (!good && wasStarting)
    note(state, unit.name, `Failed to start ${titleOf(state, unit)}.`, { priority: 3 });
  setActive(state, unit, good ? 'inactive' : 'failed', good ? 'dead' : 'failed');
}

function fail(state: SimState, unit: Unit, result: string): void {
  unit.result = result;
  delete unit.stage;
  delete unit.restartAtMs;
  note(state, unit.name, `${unit.name}: Failed with result '${result}'.`, { priority: 4 });
  note(state, unit.name, `Failed to start ${titleOf(state, unit)}.`, { priority: 3 });
  setActive(state, unit, 'failed', 'failed');
}
