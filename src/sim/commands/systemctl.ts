import { kernelOf } from '../functions.ts';
import type { SimState } from '../state.ts';
import { disable, enable, isEnabled, mask, unmask } from '../systemd/install.ts';
import { askJobs } from '../systemd/jobs.ts';
import { cat, type ListOptions, listUnitFiles, listUnits, status, version } from '../systemd/listings.ts';
import { reloadUnits, unitNow } from '../systemd/manager.ts';
import { show } from '../systemd/show.ts';
import { fullName } from '../systemd/unit-name.ts';
import { bootState } from '../systemd/whole.ts';
import { failed, type Program, type Reply, said, silent } from './program.ts';
import { own } from './words.ts';

interface Asked {
  readonly state: SimState;
  readonly units: readonly string[];
  readonly options: readonly string[];
  readonly valued: { readonly [option: string]: readonly string[] };
}

const valuedOptions = /^(-p|--property|-o|--output|-t|--type|--state|-n|--lines|--signal|-s|--job-mode)$/;

export const systemctl: Program = ({ state, argv }) => {
  const { words, options, valued } = parse(argv.slice(1));
  if (options.includes('--version')) return version(state);
  const [verb = 'list-units', ...units] = words;
  const act = own(verbs, verb);
  if (!act) return failed(1, `Unknown command verb ${verb}.\n`);
  return act({ state, units, options, valued });
};

function parse(argv: readonly string[]) {
  const words: string[] = [];
  const options: string[] = [];
  const valued: { [option: string]: string[] } = {};
  const put = (name: string, value: string) => {
    valued[name] = [...(valued[name] ?? []), ...value.split(',')];
  };
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    const [, name = '', value] = /^(--?[a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (word === '--') continue;
    if (name !== '' && value !== undefined) put(name, value);
    else if (valuedOptions.test(word)) put(word, argv[++at] ?? '');
    else if (/^-p./.test(word)) put('-p', word.slice(2));
    else if (word.startsWith('-')) options.push(word);
    else words.push(word);
  }
  return { words, options, valued };
}

function valuesOf({ valued }: Asked, ...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => valued[name] ?? []);
}

function has({ options }: Asked, ...names: readonly string[]): boolean {
  return names.some((name) => options.includes(name));
}

/** Only root may change anything. */
function asRoot(what: string, act: (asked: Asked) => Reply): (asked: Asked) => Reply {
  return (asked) =>
    asked.state.uid === 0 ? act(asked) : failed(1, `${what}: Interactive authentication required.\n`);
}

function needsUnits(act: (asked: Asked) => Reply): (asked: Asked) => Reply {
  return (asked) => (asked.units.length === 0 ? failed(1, 'Too few arguments.\n') : act(asked));
}

const jobs = (type: Parameters<typeof askJobs>[2], verb: string) =>
  needsUnits((asked) =>
    askJobs(asked.state, asked.units, type, verb, {
      waits: !has(asked, '--no-block'),
      quiet: has(asked, '-q', '--quiet'),
    }),
  );

const verbs: { readonly [verb: string]: ((asked: Asked) => Reply) | undefined } = {
  start: jobs('start', 'start'),
  stop: jobs('stop', 'stop'),
  restart: jobs('restart', 'restart'),
  'try-restart': jobs('try-restart', 'try-restart'),
  reload: jobs('reload', 'reload'),
  'reload-or-restart': jobs('restart', 'reload-or-restart'),
  'is-active': needsUnits((asked) => judged(asked, (active) => active === 'active', 3)),
  'is-failed': needsUnits((asked) => judged(asked, (active) => active === 'failed', 1)),
  'is-enabled': needsUnits((asked) => isEnabled(asked.state, asked.units, has(asked, '-q', '--quiet'))),
  'is-system-running': ({ state }) => bootState(state),
  enable: needsUnits(asRoot('Failed to enable unit', (asked) => install(asked, enable, 'start'))),
  disable: needsUnits(asRoot('Failed to disable unit', (asked) => install(asked, disable, 'stop'))),
  reenable: needsUnits(
    asRoot('Failed to reenable unit', (asked) => {
      const gone = install(asked, disable, undefined);
      return gone.code === 0 ? both(gone, install(asked, enable, undefined)) : gone;
    }),
  ),
  mask: needsUnits(asRoot('Failed to mask unit', (asked) => install(asked, mask, 'stop'))),
  unmask: needsUnits(asRoot('Failed to unmask unit', (asked) => install(asked, unmask, undefined))),
  show: (asked) =>
    show(asked.state, asked.units, {
      properties: valuesOf(asked, '-p', '--property'),
      value: has(asked, '--value'),
    }),
  cat: needsUnits(({ state, units }) => cat(state, units)),
  status: ({ state, units }) => status(state, units),
  'list-units': (asked) => listUnits(asked.state, asked.units, listOptions(asked)),
  'list-unit-files': (asked) => listUnitFiles(asked.state, asked.units, listOptions(asked)),
  'daemon-reload': asRoot('Failed to reload daemon', ({ state }) => {
    reloadUnits(state);
    return silent;
  }),
  'reset-failed': asRoot('Failed to reset failed state', ({ state, units }) => resetFailed(state, units)),
  'get-default': () => said('multi-user.target\n'),
};

function listOptions(asked: Asked): ListOptions {
  return {
    json: valuesOf(asked, '-o', '--output').some((form) => form.startsWith('json')),
    all: has(asked, '-a', '--all'),
    legend: !has(asked, '--no-legend') && !valuesOf(asked, '--legend').includes('false'),
    states: [...valuesOf(asked, '--state'), ...(has(asked, '--failed') ? ['failed'] : [])],
    types: valuesOf(asked, '-t', '--type'),
  };
}

/** Since systemd 254, a unit without a file is unknown (4). */
function judged(asked: Asked, good: (active: string) => boolean, code: number): Reply {
  const { state } = asked;
  const units = asked.units.map((word) => unitNow(state, fullName(word)));
  const actives = units.map((unit) => (isTimer(state, unit.name) ? 'active' : unit.active));
  const unknown = units.every((unit) => unit.load === 'not-found') && kernelOf(state).systemd >= 254;
  const text = has(asked, '-q', '--quiet') ? '' : actives.map((active) => `${active}\n`).join('');
  return { stdout: text, stderr: '', code: actives.some(good) ? 0 : unknown ? 4 : code };
}

function isTimer(state: SimState, name: string): boolean {
  return state.timers.some((timer) => `${timer.unit}.timer` === name);
}

type Install = typeof enable;

function install(asked: Asked, act: Install, now: 'start' | 'stop' | undefined): Reply {
  const { state, units } = asked;
  const reply = act(state, units, { runtime: has(asked, '--runtime') });
  if (reply.code !== 0) return reply;
  reloadUnits(state);
  const quiet = has(asked, '-q', '--quiet') ? { ...reply, stderr: '' } : reply;
  if (now === undefined || !has(asked, '--now')) return quiet;
  return both(quiet, askJobs(state, units, now, now, { waits: true, quiet: false }));
}

function both(first: Reply, second: Reply): Reply {
  return { ...second, stdout: first.stdout + second.stdout, stderr: first.stderr + second.stderr };
}

function resetFailed(state: SimState, words: readonly string[]): Reply {
  const { units } = state.systemd;
  const all = Object.keys(units);
  // A pattern stands for the loaded units that match, possibly none (systemctl(1)).
  const named = (word: string) =>
    word.endsWith('*') ? all.filter((name) => name.startsWith(word.slice(0, -1))) : [fullName(word)];
  const names = words.length > 0 ? words.flatMap(named) : all;
  for (const name of names) {
    const unit = Object.hasOwn(units, name) ? units[name] : undefined;
    if (!unit) return failed(1, `Failed to reset failed state of unit ${name}: Unit ${name} not loaded.\n`);
    unit.startsMs = [];
    unit.restarts = 0;
    if (unit.active === 'failed') Object.assign(unit, { active: 'inactive', sub: 'dead', result: 'success' });
  }
  return silent;
}
