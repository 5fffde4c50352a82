import * as z from 'zod/mini';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { quoted, type Wrong } from './grammar.ts';
import { didYouMean } from './nearest.ts';
import { type KeyPath, type Place, pathText, type Spot, shownAt, spotAt } from './place.ts';
import { allowed } from './shape-parts.ts';

type Issue = z.core.$ZodIssue;
type Schema = z.core.$ZodType;

/** A finding with the path of the value it is about; what is wrong there must not be used. */
export interface ShapeFinding {
  readonly finding: Finding;
  readonly path: KeyPath;
}

export interface Shown {
  readonly file: string;
  readonly root: Spot;
  readonly placeOf: (offset: number) => Place;
}

/** zod's issues → findings, each at its place. */
export function shapeFindings(shape: Schema, value: unknown, shown: Shown): readonly ShapeFinding[] {
  const result = z.safeParse(shape, value);
  if (result.success) return [];
  const checked = { shape, value, shown };
  return result.error.issues.flatMap((issue) => issueFindings(issue, [], checked));
}

interface Checked {
  readonly shape: Schema;
  readonly value: unknown;
  readonly shown: Shown;
}

function issueFindings(issue: Issue, above: KeyPath, checked: Checked): readonly ShapeFinding[] {
  const path: KeyPath = [...above, ...issue.path.map((key) => (typeof key === 'number' ? key : String(key)))];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, checked));
  if (issue.code === 'invalid_union') return unionFindings(issue.errors, path, checked);
  if (issue.code === 'custom') return [grammarFinding(issue.params as Grammar, path, checked)];
  if (valueAt(checked.value, path) === undefined) return [missingKey(path, checked)];
  return [notAllowed(issue, path, checked)];
}

/** The alternative that has the value's own type is the one that was meant. */
function unionFindings(
  errors: readonly (readonly Issue[])[],
  path: KeyPath,
  checked: Checked,
): readonly ShapeFinding[] {
  if (valueAt(checked.value, path) === undefined) return [missingKey(path, checked)];
  const meant = errors.find((issues) => !issues.some(isOfOtherType));
  return meant ? meant.flatMap((issue) => issueFindings(issue, path, checked)) : [wrongType(path, checked)];
}

function isOfOtherType(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  return (
    issue.code === 'invalid_type' ||
    (issue.code === 'invalid_union' && issue.errors.every((inner) => inner.some(isOfOtherType)))
  );
}

type Grammar = Wrong & { readonly code: string };

function grammarFinding(wrong: Grammar, path: KeyPath, checked: Checked): ShapeFinding {
  return at(wrong.code, path, wrong.wrong, wrong.hint, checked);
}

function at(
  code: string,
  path: KeyPath,
  message: string,
  hint: string,
  { shown }: Checked,
  on = path,
): ShapeFinding {
  const place = shown.placeOf(shownAt(spotAt(shown.root, on)));
  return {
    path,
    finding: finding(code, { file: shown.file, ...place, path: pathText(path) }, message, hint),
  };
}

function unknownKey(key: string, above: KeyPath, checked: Checked): ShapeFinding {
  const path = [...above, key];
  const keys = keysOf(schemaAt(checked.shape, above));
  const where = above.length === 0 ? 'the top of the file' : pathText(above);
  const place = checked.shown.placeOf(spotAt(checked.shown.root, path).keyAt);
  const hint =
    key === '<<'
      ? 'write the keys out: YAML 1.2 has no merge keys'
      : `${didYouMean(key, keys)}allowed here: ${keys.join(', ')}`;
  const made = finding(
    'VF1007',
    { file: checked.shown.file, ...place, path: pathText(path) },
    `${where} has no key ${quoted(key)}`,
    hint,
  );
  return { path, finding: made };
}

function missingKey(path: KeyPath, checked: Checked): ShapeFinding {
  const hint = `add ${String(path.at(-1))}: ${allowedAt(path, checked)}`;
  return at('VF1009', path, `the key ${String(path.at(-1))} is missing`, hint, checked);
}

function wrongType(path: KeyPath, checked: Checked): ShapeFinding {
  const value = valueAt(checked.value, path);
  const allows = allowedAt(path, checked);
  return at('VF1010', path, `this is ${kindOf(value)}`, `${slip(value, allows)}allowed: ${allows}`, checked);
}

function notAllowed(issue: Issue, path: KeyPath, checked: Checked): ShapeFinding {
  const value = valueAt(checked.value, path);
  if (Array.isArray(value) && issue.code !== 'invalid_type') return wrongLength(value, path, checked);
  if (isOfAnotherKind(issue, value)) return wrongType(path, checked);
  const words = issue.code === 'invalid_value' ? issue.values.map(String) : [];
  const hint = `${typeof value === 'string' ? didYouMean(value, words) : ''}allowed: ${allowedAt(path, checked)}`;
  const code = issue.code === 'invalid_value' && typeof value === 'number' ? 'VF1012' : 'VF1011';
  const shown = typeof value === 'string' ? quoted(value) : String(value);
  return at(code, path, `${shown} is not allowed`, hint, checked);
}

/** A number that is not whole is wrong as a value; a text instead of a number is wrong as a type. */
function isOfAnotherKind(issue: Issue, value: unknown): boolean {
  if (issue.code === 'invalid_value') return typeof value !== typeof issue.values[0];
  if (issue.code !== 'invalid_type') return false;
  return typeof value !== 'number' || (issue.expected !== 'number' && issue.expected !== 'int');
}

function wrongLength(value: readonly unknown[], path: KeyPath, checked: Checked): ShapeFinding {
  const message = value.length > 0 ? `the list has ${value.length} entries` : 'the list is empty';
  return at('VF1011', path, message, `allowed: ${allowedAt(path, checked)}`, checked);
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? `the text ${quoted(value)}` : `the ${typeof value} ${String(value)}`;
}

/** What YAML made of a value that its author meant differently. */
function slip(value: unknown, allows: string): string {
  if (typeof value === 'string') return textSlip(value);
  if (value === false && / off\b/.test(allows)) return 'write off; ';
  if (typeof value === 'number' && /\bamount\b/.test(allows)) return `write its unit, such as ${value}M; `;
  return typeof value === 'number' || typeof value === 'boolean' ? 'put a text in quotes; ' : '';
}

function textSlip(value: string): string {
  if (/^(yes|no|on|off|y|n)$/i.test(value)) return 'YAML 1.2 has only true and false; ';
  if (/^[-+]?0\d+$/.test(value)) return `write ${Number(value)}: a leading zero is octal to some readers; `;
  return value.trim() !== '' && Number.isFinite(Number(value)) ? 'write the number without quotes; ' : '';
}

function allowedAt(path: KeyPath, checked: Checked): string {
  for (const schema of schemasAt(checked.shape, path)) {
    const text = allowed.get(schema)?.text;
    if (text !== undefined) return text;
  }
  return 'see vflane schema';
}

function schemaAt(shape: Schema, path: KeyPath): Schema | undefined {
  return schemasAt(shape, path).find((schema) => keysOf(schema).length > 0);
}

function keysOf(schema: Schema | undefined): readonly string[] {
  const def = (schema as z.core.$ZodTypes | undefined)?._zod.def;
  return def?.type === 'object' ? Object.keys(def.shape) : [];
}

/** Every part of the shape that covers a path, outermost first. */
function schemasAt(shape: Schema, path: KeyPath): readonly Schema[] {
  let level = alternatives(shape);
  for (const key of path) level = level.flatMap((schema) => inner(schema, key)).flatMap(alternatives);
  return level;
}

function alternatives(schema: Schema): readonly Schema[] {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (def.type === 'optional' || def.type === 'nullable') return [schema, ...alternatives(def.innerType)];
  return def.type === 'union' ? [schema, ...def.options.flatMap(alternatives)] : [schema];
}

function inner(schema: Schema, key: string | number): readonly Schema[] {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (def.type === 'record') return [def.valueType];
  if (def.type === 'array') return [def.element];
  const part = def.type === 'object' && Object.hasOwn(def.shape, key) ? def.shape[key] : undefined;
  return part ? [part] : [];
}

function valueAt(value: unknown, path: KeyPath): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}
