import { failed, type Reply, said } from '../commands/program.ts';
import { kernelOf } from '../functions.ts';
import type { SimState } from '../state.ts';
import { fileState, unitFiles } from './install.ts';
import { unitNow } from './manager.ts';
import { stamp } from './show.ts';
import type { Unit } from './state.ts';
import { descriptionOf, needsReload, titleOf } from './unit.ts';
import { entryAt, fragmentOf } from './unit-files.ts';
import { fullName, isTemplate } from './unit-name.ts';

export interface ListOptions {
  readonly json: boolean;
  readonly all: boolean;
  readonly legend: boolean;
  readonly states: readonly string[];
  readonly types: readonly string[];
}

/** fnmatch(3), of `*` and `?`. */
function fitsOne(name: string, patterns: readonly string[]): boolean {
  const one = (pattern: string) =>
    new RegExp(
      `^${pattern
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
      's',
    );
  return (
    patterns.length === 0 || patterns.some((pattern) => one(pattern).test(name) || fullName(pattern) === name)
  );
}

export function listUnits(state: SimState, patterns: readonly string[], options: ListOptions): Reply {
  const { all, states, types } = options;
  const units = Object.values(state.systemd.units)
    .filter((unit) => fitsOne(unit.name, patterns))
    .filter((unit) => types.length === 0 || types.some((type) => unit.name.endsWith(`.${type}`)))
    .filter((unit) =>
      states.length > 0
        ? states.some((one) => one === unit.active || one === unit.sub || one === unit.load)
        : all || unit.active !== 'inactive',
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = units.map((unit) => ({
    unit: unit.name,
    load: unit.load,
    active: unit.active,
    sub: unit.sub,
    description: unit.load === 'loaded' ? descriptionOf(state, unit) : unit.name,
  }));
  if (options.json) return said(`${JSON.stringify(rows)}\n`);
  const legend = `\n${rows.length} loaded units listed.${all ? '' : ' Pass --all to see loaded but inactive units, too.'}\nTo show all installed unit files use 'systemctl list-unit-files'.\n`;
  return said(
    table(rows, ['UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION'], options.legend ? legend : undefined),
  );
}

function table(
  rows: readonly { readonly [key: string]: string }[],
  header: readonly string[],
  legend: string | undefined,
): string {
  const lines = [...(legend === undefined ? [] : [header]), ...rows.map((row) => Object.values(row))];
  const widths = header.map((_, at) => Math.max(0, ...lines.map((line) => (line[at] ?? '').length)));
  const text = lines.map((line) =>
    line
      .map((word, at) => word.padEnd(widths[at] ?? 0))
      .join(' ')
      .trimEnd(),
  );
  return text.map((line) => `${line}\n`).join('') + (legend ?? '');
}

const presets: { readonly [state: string]: string | null } = { static: null, alias: null, masked: 'enabled' };

export function listUnitFiles(state: SimState, patterns: readonly string[], options: ListOptions): Reply {
  const rows = unitFiles(state)
    .filter((name) => fitsOne(name, patterns))
    .map((name) => ({ unit_file: name, state: fileState(state, name) ?? 'bad' }))
    .filter((row) => options.states.length === 0 || options.states.includes(row.state))
    .map((row) => ({
      ...row,
      preset: Object.hasOwn(presets, row.state) ? (presets[row.state] ?? null) : 'enabled',
    }));
  if (options.json) return said(`${JSON.stringify(rows)}\n`);
  const texts = rows.map((row) => ({ ...row, preset: row.preset ?? '-' }));
  return said(
    table(
      texts,
      ['UNIT FILE', 'STATE', 'PRESET'],
      options.legend ? `\n${rows.length} unit files listed.\n` : undefined,
    ),
  );
}

export function cat(state: SimState, words: readonly string[]): Reply {
  const out: string[] = [];
  for (const name of words.map(fullName)) {
    const unit = unitNow(state, name);
    const paths = [...(fragmentOf(state, name)?.masked === false ? [unit.fragment] : []), ...unit.dropIns];
    if (paths.length === 0) return failed(1, `No files found for ${name}.\n`, out.join(''));
    const texts = paths.map((path) => {
      const entry = entryAt(state, path);
      return `# ${path}\n${entry && 'text' in entry ? entry.text : ''}`;
    });
    out.push(`${out.length > 0 ? '\n' : ''}${texts.join('\n')}`);
  }
  return said(out.join(''));
}

/** Exit codes of `status` are LSB's: 0 running, 3 not running, 4 unknown. */
export function status(state: SimState, words: readonly string[]): Reply {
  const shown = words.map(fullName).map((name) => statusOf(state, unitNow(state, name)));
  const code = shown.reduce((worst, one) => Math.max(worst, one.code), 0);
  return {
    stdout: shown
      .filter((one) => one.code !== 4)
      .map((one) => one.stdout)
      .join('\n'),
    stderr: shown.map((one) => one.stderr).join(''),
    code,
  };
}

function statusOf(state: SimState, unit: Unit): Reply {
  const { name, active, sub } = unit;
  if (unit.load === 'not-found' && active === 'inactive')
    return failed(4, `Unit ${name} could not be found.\n`);
  const dot = { active: '●', failed: '×', activating: '●', deactivating: '●', inactive: '○' }[active];
  const file = isTemplate(name) ? '' : (fileState(state, name) ?? '');
  const preset = file === 'static' || file === '' ? '' : '; preset: enabled';
  const loaded =
    unit.load === 'masked'
      ? `masked (Reason: Unit ${name} is masked.)`
      : `loaded (${unit.fragment}; ${file}${preset})`;
  const since = unit.changedMs === 0 ? '' : ` since ${stamp(unit.changedMs)}`;
  const result = active === 'failed' ? `failed (Result: ${unit.result})` : `${active} (${sub})`;
  const stale = needsReload(state, unit)
    ? `Warning: The unit file, source configuration file or drop-ins of ${name} changed on disk. Run 'systemctl daemon-reload' to reload units.\n`
    : '';
  const lines = [
    `${dot} ${titleOf(state, unit)}`,
    `     Loaded: ${loaded}`,
    ...(unit.dropIns.length > 0 ? [`    Drop-In: ${unit.dropIns.join(', ')}`] : []),
    `     Active: ${result}${since}`,
    ...(unit.mainPid > 0 ? [`   Main PID: ${unit.mainPid}`] : []),
  ];
  const journal = state.systemd.journal.filter((entry) => entry.unit === name).slice(-10);
  const tail = journal.map(
    (entry) => `${stamp(entry.at)} ${state.name} ${entry.by}[${entry.pid}]: ${entry.text}`,
  );
  const text = [...lines, ...(tail.length > 0 ? ['', ...tail] : [])].map((line) => `${line}\n`).join('');
  return { stdout: text, stderr: stale, code: active === 'active' || active === 'activating' ? 0 : 3 };
}

/** systemd's release, for `--version`. */
export function version(state: SimState): Reply {
  const { systemd } = kernelOf(state);
  return said(
    `systemd ${systemd} (${systemd >= 256 ? '257.9-1~deb13u1' : '252.39-1~deb12u1'})\n+PAM +AUDIT +SELINUX\n`,
  );
}
