import { type Reply, said } from '../commands/program.ts';
import type { SimState } from '../state.ts';
import { dependenciesOf } from './dependencies.ts';
import { commandsIn } from './execute.ts';
import { fileState } from './install.ts';
import { unitNow } from './manager.ts';
import { typeOf } from './service.ts';
import type { Unit } from './state.ts';
import { isOpen } from './transaction.ts';
import { descriptionOf, isTrue, needsReload, settingOf } from './unit.ts';
import { fullName, isTemplate, partsOf } from './unit-name.ts';

/** Properties in systemctl's order: services' own, then those of all units. */
export function propertiesOf(state: SimState, name: string): { readonly [property: string]: string } {
  const unit = unitNow(state, name);
  const service = partsOf(name).suffix === 'service' ? serviceProperties(state, unit) : {};
  return { ...service, ...unitProperties(state, unit) };
}

const codes = { none: '0', exited: '1', killed: '2' } as const;

function serviceProperties(state: SimState, unit: Unit): { readonly [property: string]: string } {
  return {
    Type: typeOf(state, unit),
    Restart: settingOf(state, unit, 'Service', 'Restart') || 'no',
    RemainAfterExit: isTrue(settingOf(state, unit, 'Service', 'RemainAfterExit')) ? 'yes' : 'no',
    MainPID: String(unit.mainPid),
    ControlPID: '0',
    Result: unit.result,
    NRestarts: String(unit.restarts),
    ExecMainPID: String(unit.mainPid),
    ExecMainCode: codes[unit.execCode],
    ExecMainStatus: String(unit.execStatus),
    ...execs(state, unit),
  };
}

function execs(state: SimState, unit: Unit): { readonly [property: string]: string } {
  const found: { [property: string]: string } = {};
  for (const list of ['ExecStartPre', 'ExecStart', 'ExecStartPost', 'ExecStop'] as const) {
    const commands = commandsIn(state, unit, list);
    if (commands.length === 0) continue;
    const one = ({ argv, mayFail }: (typeof commands)[number]) =>
      `{ path=${argv[0]} ; argv[]=${argv.join(' ')} ; ignore_errors=${mayFail ? 'yes' : 'no'} ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }`;
    found[list] = commands.map(one).join('\n');
  }
  return found;
}

function unitProperties(state: SimState, unit: Unit): { readonly [property: string]: string } {
  const deps = dependenciesOf(state, unit);
  const names = (list: readonly string[]) => [...new Set(list)].join(' ');
  const { name, active, load } = unit;
  return {
    Id: name,
    Names: name,
    Requires: names(deps.requires),
    Requisite: names(deps.requisite),
    Wants: names(deps.wants),
    BindsTo: names(deps.bindsTo),
    PartOf: names(deps.partOf),
    Conflicts: names(deps.conflicts),
    Before: names(deps.before),
    After: names(deps.after),
    Description: load === 'loaded' ? descriptionOf(state, unit) : name,
    LoadState: load,
    ActiveState: active,
    SubState: unit.sub,
    FragmentPath: unit.fragment,
    DropInPaths: unit.dropIns.join(' '),
    UnitFileState: isTemplate(name) ? '' : (fileState(state, name) ?? ''),
    ...times(state, unit),
    ConditionResult: unit.conditionMet ? 'yes' : 'no',
    NeedDaemonReload: needsReload(state, unit) ? 'yes' : 'no',
    Job: String(state.systemd.jobs.find((job) => job.unit === name && isOpen(job))?.id ?? 0),
  };
}

function times(state: SimState, unit: Unit): { readonly [property: string]: string } {
  const of = (name: string, at: number) => ({
    [`${name}Timestamp`]: stamp(at),
    [`${name}TimestampMonotonic`]: String(at === 0 ? 0 : Math.round((at - (state.bootedMs ?? 0)) * 1000)),
  });
  return {
    ...of('StateChange', unit.changedMs),
    ...of('ActiveEnter', unit.activeEnterMs),
    ...of('ActiveExit', unit.activeExitMs),
    ...of('InactiveEnter', unit.inactiveEnterMs),
  };
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `Sun 2026-11-22 18:19:15 UTC`. */
export function stamp(at: number): string {
  if (at === 0) return '';
  const date = new Date(at);
  return `${days[date.getUTCDay()]} ${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export interface ShowOptions {
  /** Empty for all. */
  readonly properties: readonly string[];
  readonly value: boolean;
}

export function show(state: SimState, words: readonly string[], { properties, value }: ShowOptions): Reply {
  const blocks = words.map(fullName).map((name) => {
    const all = propertiesOf(state, name);
    const shown = Object.entries(all).filter(([key]) => properties.length === 0 || properties.includes(key));
    return shown.map(([key, text]) => `${value ? '' : `${key}=`}${text}\n`).join('');
  });
  return said(blocks.join('\n'));
}
