import type { SimState } from '../state.ts';
import { dependenciesOf, loadUnit, namedBy } from './dependencies.ts';
import { commandsIn } from './execute.ts';
import type { Job, JobType, Unit } from './state.ts';
import { isTrue, linesOf, settingOf } from './unit.ts';
import { realName } from './unit-files.ts';
import { isTemplate, partsOf } from './unit-name.ts';

/** systemd refused a request before doing anything: its message, and systemctl's exit code for it. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: number;

  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }
}

/** Queues a job and all it pulls in; returns the job. @throws Refused */
export function enqueue(state: SimState, alias: string, type: JobType): Job {
  refuseName(alias);
  const name = realName(state, alias);
  const wanted = new Map<string, JobType>();
  new Transaction(state, wanted).add(name, type, true);
  const jobs = [...wanted].map(([unit, what]) => install(state, unit, what));
  const anchor = jobs.find((job) => job.unit === name);
  if (!anchor) throw new Refused(1, `Unit ${name} has no job.`);
  for (const job of jobs) if (job !== anchor && job.forgotten === undefined) job.forgotten = true;
  anchor.forgotten = false;
  return anchor;
}

function refuseName(name: string): void {
  if (isTemplate(name)) throw new Refused(1, `Unit name ${name} is missing the instance name.`);
}

/** One job per unit: an equal one is shared, a different one is cancelled. */
function install(state: SimState, unit: string, type: JobType): Job {
  const { systemd } = state;
  const old = systemd.jobs.find((job) => job.unit === unit && isOpen(job));
  if (old && (old.type === type || (old.type === 'restart' && type === 'start'))) return old;
  if (old) old.state = 'canceled';
  const job: Job = { id: systemd.nextJob++, unit, type, state: 'waiting' };
  systemd.jobs.push(job);
  return job;
}

export function isOpen(job: Job): boolean {
  return job.state === 'waiting' || job.state === 'running';
}

class Transaction {
  readonly #state: SimState;
  readonly #wanted: Map<string, JobType>;

  constructor(state: SimState, wanted: Map<string, JobType>) {
    this.#state = state;
    this.#wanted = wanted;
  }

  add(name: string, type: JobType, required: boolean): void {
    const unit = loadUnit(this.#state, name);
    const refusal = this.#refusal(unit, type);
    if (refusal && required) throw refusal;
    if (refusal) return;
    const old = this.#wanted.get(name);
    const merged = old === undefined ? type : merge(name, old, type);
    this.#wanted.set(name, merged);
    if (merged === old) return;
    if (merged === 'start' || merged === 'restart') this.#pullIn(unit);
    if (merged === 'stop' || merged === 'restart') this.#takeAlong(unit, merged);
  }

  #refusal(unit: Unit, type: JobType): Refused | undefined {
    const { name, load, active } = unit;
    if (type === 'stop' || type === 'try-restart' || type === 'reload') {
      const gone = load === 'not-found' && active === 'inactive';
      if (!gone) return undefined;
      return new Refused(5, type === 'stop' ? `Unit ${name} not loaded.` : `Unit ${name} not found.`);
    }
    if (load === 'masked') return new Refused(1, `Unit ${name} is masked.`);
    if (load === 'not-found') return new Refused(5, `Unit ${name} not found.`);
    return isBad(this.#state, unit) ? new Refused(1, `Unit ${name} has a bad unit file setting.`) : undefined;
  }

  #pullIn(unit: Unit): void {
    const deps = dependenciesOf(this.#state, unit);
    for (const name of [...deps.requires, ...deps.bindsTo]) this.add(name, 'start', true);
    for (const name of deps.requisite) this.#mustRun(name);
    for (const name of deps.wants) this.#try(name, 'start');
    for (const name of deps.conflicts) this.#stopIfThere(name);
    for (const other of namedBy(this.#state, unit.name, 'conflicts')) this.#stopIfThere(other.name);
  }

  /** A wanted unit that cannot start because of its own requirements does not stop the others. */
  #try(name: string, type: JobType): void {
    const attempt = new Map(this.#wanted);
    try {
      new Transaction(this.#state, attempt).add(name, type, false);
    } catch (error) {
      if (error instanceof Refused) return;
      throw error;
    }
    for (const [unit, what] of attempt) this.#wanted.set(unit, what);
  }

  #mustRun(name: string): void {
    const unit = loadUnit(this.#state, name);
    if (unit.active !== 'active') throw new Refused(1, `Unit ${name} is not active.`);
  }

  #stopIfThere(name: string): void {
    const unit = loadUnit(this.#state, name);
    if (unit.active !== 'inactive' && unit.active !== 'failed') this.add(name, 'stop', false);
  }

  /** Units that require this one stop with it, and restart with it if they ran. */
  #takeAlong(unit: Unit, type: 'stop' | 'restart'): void {
    const others = (['requires', 'bindsTo', 'partOf'] as const).flatMap((kind) =>
      namedBy(this.#state, unit.name, kind),
    );
    for (const other of others) {
      if (other.active === 'inactive' || other.active === 'failed') continue;
      this.add(other.name, type, false);
    }
  }
}

function merge(name: string, old: JobType, type: JobType): JobType {
  if (old === type) return old;
  const both = [old, type];
  if (both.includes('stop')) {
    if (both.includes('start') || both.includes('restart')) {
      throw new Refused(
        1,
        `Transaction contains conflicting jobs 'stop' and 'start' for ${name}. Probably contradicting requirement dependencies configured.`,
      );
    }
    return 'stop';
  }
  return both.includes('restart') || both.includes('try-restart') ? 'restart' : 'start';
}

/** service_verify() */
export function isBad(state: SimState, unit: Unit): boolean {
  if (partsOf(unit.name).suffix !== 'service' || unit.load !== 'loaded') return false;
  const starts = commandsIn(state, unit, 'ExecStart').length;
  const stops = commandsIn(state, unit, 'ExecStop').length;
  const remains = isTrue(settingOf(state, unit, 'Service', 'RemainAfterExit'));
  const type = settingOf(state, unit, 'Service', 'Type');
  if (starts === 0 && (stops === 0 || !remains)) return true;
  if (starts === 0 && type !== '' && type !== 'oneshot') return true;
  if (type === 'dbus' && linesOf(state, unit, 'Service', 'BusName').length === 0) return true;
  return starts > 1 && type !== 'oneshot';
}
