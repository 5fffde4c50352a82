import { type Json, sameJson } from '../model/json.ts';

/** How two values differ, in words: `has mtu 1500, wanted 9000`. What cloud-init is given is not shown. */
export function apart(have: Json, want: Json): string {
  if (Array.isArray(want) && Array.isArray(have)) return lists(have, want);
  if (isRecord(want) && isRecord(have)) return records(have, want);
  if (isLong(have) && isLong(want)) return texts(have.split('\n'), want.split('\n'));
  return `is ${words(have)}, wanted ${words(want)}`;
}

function isLong(value: Json): value is string {
  return typeof value === 'string' && value.trimEnd().includes('\n');
}

/** For two files, the first line that differs: their beginnings are mostly the same. */
function texts(have: readonly string[], want: readonly string[]): string {
  const at = want.findIndex((line, n) => line !== have[n]);
  const n = at < 0 ? want.length : at;
  const line = (of: readonly string[]) => clipped(JSON.stringify(of[n] ?? 'its end'));
  return `has in line ${n + 1} ${line(have)}, wanted ${line(want)}`;
}

type Record = { readonly [key: string]: Json };

function isRecord(value: Json): value is Record {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** For two records, only what differs in them: a bridge's port has eight settings, and one of them says why it does not work. */
function records(have: Record, want: Record): string {
  const places = placesApart('', have, want);
  const told = places.slice(0, placesShown).map(([key, one, other]) => keyApart(key, one, other));
  const more = places.length - placesShown;
  return [...told, ...(more > 0 ? [`differs in ${more} more (--json has all of it)`] : [])].join('; ');
}

const placesShown = 8;

/** Below both, as far as they have the same shape: `nics[0].mtu`. */
function placesApart(path: string, have: Json, want: Json): readonly (readonly [string, Json, Json])[] {
  if (sameJson(have, want)) return [];
  if (isRecord(have) && isRecord(want)) {
    const keys = [...new Set([...Object.keys(want), ...Object.keys(have)])];
    return keys.flatMap((key) =>
      placesApart(path === '' ? key : `${path}.${key}`, have[key] ?? null, want[key] ?? null),
    );
  }
  if (areRecords(have) && areRecords(want) && have.length === want.length)
    return want.flatMap((one, n) => placesApart(`${path}[${n}]`, have[n] ?? null, one));
  return [[path, have, want]];
}

function areRecords(value: Json): value is readonly Record[] {
  return Array.isArray(value) && value.every(isRecord);
}

function keyApart(key: string, have: Json, want: Json): string {
  if (key.split('.').at(-1) === userData) return `has ${have === null ? 'no' : 'another'} ${key}`;
  if (isLong(have) && isLong(want)) return `${texts(have.split('\n'), want.split('\n'))} of ${key}`;
  return `has ${key} ${words(have)}, wanted ${words(want)}`;
}

/** For two lists, only what differs: a bridge may have thousands of flows. */
function lists(have: readonly Json[], want: readonly Json[]): string {
  const [lacks, extra] = [without(want, have), without(have, want)];
  const told = [
    ...(lacks.length === 0 ? [] : [`lacks ${some(lacks)}`]),
    ...(extra.length === 0 ? [] : [`has besides ${some(extra)}`]),
  ];
  return told.length === 0 ? 'is in another order' : told.join(', and ');
}

function without(list: readonly Json[], other: readonly Json[]): readonly Json[] {
  return list.filter((item) => !other.some((one) => sameJson(one, item)));
}

const listShown = 3;

function some(list: readonly Json[]): string {
  const shown = list.slice(0, listShown).map(words).join(', ');
  return list.length > listShown ? `${shown} and ${list.length - listShown} more` : shown;
}

/** A value as a person reads it. */
export function words(value: Json): string {
  if (value === null) return 'not there';
  if (Array.isArray(value)) return `[${some(value)}]`;
  if (value === '') return 'none';
  if (typeof value === 'string') return short(value);
  if (!isRecord(value)) return String(value);
  const keys = Object.entries(value).map(
    ([key, one]) => `${key} ${key === userData ? 'not shown' : words(one)}`,
  );
  return clipped(keys.length === 0 ? 'nothing' : keys.join(', '));
}

/** What a guest's cloud-init is given (`vm-seed`): it may hold passwords. */
const userData = 'user-data';

/** A place is reported in a line, not a screen. */
const longest = 400;

function clipped(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}… (--json has all of it)`;
}

/** A file's text is shown by its first line. */
function short(text: string): string {
  const lines = text.trimEnd().split('\n');
  return lines.length === 1 ? clipped(text) : `${lines[0]} … (${lines.length} lines)`;
}

/** For two records, only the keys that differ; other values whole. */
export function whatDiffers(one: Json, other: Json): readonly [Json, Json] {
  if (!isRecord(one) || !isRecord(other)) return [one, other];
  const keys = Object.keys({ ...one, ...other }).filter(
    (key) => !sameJson(one[key] ?? null, other[key] ?? null),
  );
  const only = (of: Record) => Object.fromEntries(keys.map((key) => [key, of[key] ?? null]));
  return [only(one), only(other)];
}
