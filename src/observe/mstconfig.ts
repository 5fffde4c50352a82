import type { FirmwareSetting, FirmwareSettings } from '../model/firmware.ts';

const columns = { Default: 'byDefault', Current: 'now', 'Next Boot': 'next' } as const;
type Column = (typeof columns)[keyof typeof columns];

/**
 * Parses `mstconfig -d PCI -e q` (mstflint 4.21 to 4.31, mlxconfig/mlxcfg_ui.cpp, printSingleParam; facts §6.2): the columns
 * are as wide as the version has them, and a card that does not tell its defaults has one or two fewer. `RO` stands before
 * what cannot be set.
 * @throws TypeError on text without a table
 */
export function parseSettings(stdout: string): FirmwareSettings {
  const lines = stdout.split('\n').map((line) => line.trimEnd());
  const at = lines.findIndex((line) => line.startsWith('Configurations:'));
  const head = columnsOf(lines[at] ?? '');
  if (!head.includes('next'))
    throw new TypeError(`mstconfig printed no settings: ${JSON.stringify(stdout.trim().slice(0, 120))}`);
  const rows = lines.slice(at + 1).flatMap((line) => rowOf(line, head));
  return {
    family: about(lines, 'Device type'),
    part: about(lines, 'Name'),
    byName: Object.fromEntries(rows),
  };
}

function columnsOf(line: string): readonly Column[] {
  return [...line.matchAll(/Default|Current|Next Boot/g)].map(
    ([name]) => columns[name as keyof typeof columns],
  );
}

function rowOf(line: string, head: readonly Column[]): [string, FirmwareSetting][] {
  const [, name, rest] =
    /^\*?(?:RO)?\s+(?:RO\s+)?([A-Z][A-Z0-9_]*(?:\[[\d.]+\])?)\s+(\S.*)$/.exec(line) ?? [];
  const values = rest?.split(/\s+/) ?? [];
  if (name === undefined || values.length !== head.length) return [];
  const of = (column: Column) => {
    const place = head.indexOf(column);
    return place < 0 ? undefined : settingValue(values[place] ?? '');
  };
  return [[name, { byDefault: of('byDefault'), now: of('now'), next: of('next') ?? '' }]];
}

/** `16`, `True(1)`, `DEVICE_DEFAULT(0)`; `N/A` is nothing. */
function settingValue(text: string): number | string | undefined {
  if (text === 'N/A') return undefined;
  const digits = /^(\d{1,15})$/.exec(text)?.[1] ?? /\((\d{1,15})\)$/.exec(text)?.[1];
  return digits === undefined ? text : Number(digits);
}

function about(lines: readonly string[], name: string): string | undefined {
  const line = lines.find((one) => one.startsWith(`${name}:`));
  const text = line?.slice(name.length + 1).trim();
  return text === undefined || text === '' || text === 'N/A' ? undefined : text;
}
