import type { NftLines } from '../model/nft-table.ts';

type Fields = { readonly [key: string]: unknown };

/**
 * Parses `nft -j list table …` (libnftables-json(5); nftables 1.0.6 to 1.1.3): the table as lines that equal those it was
 * written with, whatever the order in which sets and chains were listed.
 * @param table its family and name
 * @throws SyntaxError, TypeError on any other text.
 */
export function parseNftTable(stdout: string, table: string): NftLines {
  const parsed: unknown = JSON.parse(stdout);
  const objects = isFields(parsed) ? parsed.nftables : undefined;
  if (!Array.isArray(objects)) throw new TypeError('nft -j printed no list of objects');
  const entries = objects.filter(isFields).flatMap((object) => Object.entries(object));
  const declared = entries.filter(([kind]) => !['metainfo', 'table', 'rule'].includes(kind));
  const rules = entries.filter(([kind]) => kind === 'rule').sort(byChain);
  const line = ([kind, value]: readonly [string, unknown]) => lineOf(table, kind, value);
  return [...declared.map(line).sort(), ...rules.map(line)];
}

/** The order within a chain matters, and stays. */
function byChain([, a]: readonly [string, unknown], [, b]: readonly [string, unknown]): number {
  const [first, second] = [chainOf(a), chainOf(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}

function chainOf(rule: unknown): string {
  return isFields(rule) && typeof rule.chain === 'string' ? rule.chain : '';
}

function lineOf(table: string, kind: string, value: unknown): string {
  const { family: _family, table: _table, handle: _handle, ...fields } = isFields(value) ? value : {};
  const command = commandOf(table, kind, fields);
  return command ?? `# ${kind} ${JSON.stringify(fields)}`;
}

/** The command that makes the object; `undefined` if it has anything that vflane would not write. */
function commandOf(table: string, kind: string, fields: Fields): string | undefined {
  if (kind === 'set') return setCommand(table, fields);
  if (kind === 'chain') return chainCommand(table, fields);
  return kind === 'rule' ? ruleCommand(table, fields) : undefined;
}

function setCommand(table: string, { name, type, elem = [], ...more }: Fields): string | undefined {
  if (!isPlain(more) || !isWord(name) || !isWord(type) || !Array.isArray(elem)) return undefined;
  if (!elem.every(isWord)) return undefined;
  const elements = elem.map((one) => (type === 'ifname' ? `"${one}"` : one)).sort();
  const filled = elements.length === 0 ? '' : ` elements = { ${elements.join(', ')} };`;
  return `add set ${table} ${name} { type ${type};${filled} }`;
}

function chainCommand(
  table: string,
  { name, type, hook, prio, policy, ...more }: Fields,
): string | undefined {
  if (!isPlain(more) || ![name, type, hook, policy].every(isWord) || typeof prio !== 'number')
    return undefined;
  return `add chain ${table} ${name} { type ${type} hook ${hook} priority ${prio}; policy ${policy}; }`;
}

function ruleCommand(table: string, { chain, expr, ...more }: Fields): string | undefined {
  if (!isPlain(more) || !isWord(chain) || !Array.isArray(expr)) return undefined;
  const words = expr.map(statement);
  return words.includes(undefined) ? undefined : `add rule ${table} ${chain} ${words.join(' ')}`;
}

function statement(value: unknown): string | undefined {
  const [[kind, body] = ['', undefined], ...more] = isFields(value) ? Object.entries(value) : [];
  if (more.length > 0) return undefined;
  if (kind === 'accept' || kind === 'drop') return kind;
  return kind === 'match' && isFields(body) && body.op === '==' ? match(body) : undefined;
}

function match({ left, right }: Fields): string | undefined {
  const what = isFields(left) ? (payload(left.payload) ?? meta(left.meta)) : undefined;
  if (what === undefined || !(isWord(right) || typeof right === 'number')) return undefined;
  return what === 'iifname' && !`${right}`.startsWith('@') ? `${what} "${right}"` : `${what} ${right}`;
}

function payload(value: unknown): string | undefined {
  if (!isFields(value) || !isWord(value.protocol) || !isWord(value.field)) return undefined;
  return `${value.protocol} ${value.field}`;
}

/** Only the keys that nft accepts without the word `meta` in front. */
function meta(value: unknown): string | undefined {
  return isFields(value) && value.key === 'iifname' ? 'iifname' : undefined;
}

function isPlain(more: Fields): boolean {
  return Object.keys(more).length === 0;
}

/** Only what would be a single word of nft's language if it were written again. */
function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^@?[A-Za-z0-9_.:-]+$/.test(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
