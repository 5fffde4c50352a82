import { type NftLines, nftTable } from '../model/nft-table.ts';

type Fields = { readonly [key: string]: unknown };

/**
 * Parses `nft -j list table inet vflane` (libnftables-json(5); nftables 1.0.6 to 1.1.3): the table as lines that equal
 * those it was written with, whatever the order in which sets and chains were listed.
 * @throws SyntaxError, TypeError on text that is none.
 */
export function parseNftTable(stdout: string): NftLines {
  const parsed: unknown = JSON.parse(stdout);
  const objects = isFields(parsed) ? parsed.nftables : undefined;
  if (!Array.isArray(objects)) throw new TypeError('nft -j printed no list of objects');
  const entries = objects.filter(isFields).flatMap((object) => Object.entries(object));
  const declared = entries.filter(([kind]) => !['metainfo', 'table', 'rule'].includes(kind));
  const rules = entries.filter(([kind]) => kind === 'rule');
  return [...declared.map(line).sort(), ...rules.map(line)];
}

function line([kind, value]: readonly [string, unknown]): string {
  const { family: _family, table: _table, handle: _handle, ...fields } = isFields(value) ? value : {};
  const command = commandOf(kind, fields);
  return command ?? `# ${kind} ${JSON.stringify(fields)}`;
}

/** The command that makes the object; `undefined` where it has more to it than vflane writes. */
function commandOf(kind: string, fields: Fields): string | undefined {
  if (kind === 'set') return setCommand(fields);
  if (kind === 'chain') return chainCommand(fields);
  return kind === 'rule' ? ruleCommand(fields) : undefined;
}

function setCommand({ name, type, elem = [], ...more }: Fields): string | undefined {
  if (!isPlain(more) || !isWord(name) || !isWord(type) || !Array.isArray(elem)) return undefined;
  if (!elem.every(isWord)) return undefined;
  const elements = elem.map((one) => (type === 'ifname' ? `"${one}"` : one)).sort();
  const filled = elements.length === 0 ? '' : ` elements = { ${elements.join(', ')} };`;
  return `add set ${nftTable} ${name} { type ${type};${filled} }`;
}

function chainCommand({ name, type, hook, prio, policy, ...more }: Fields): string | undefined {
  if (!isPlain(more) || ![name, type, hook, policy].every(isWord) || typeof prio !== 'number')
    return undefined;
  return `add chain ${nftTable} ${name} { type ${type} hook ${hook} priority ${prio}; policy ${policy}; }`;
}

function ruleCommand({ chain, expr, ...more }: Fields): string | undefined {
  if (!isPlain(more) || !isWord(chain) || !Array.isArray(expr)) return undefined;
  const words = expr.map(statement);
  return words.includes(undefined) ? undefined : `add rule ${nftTable} ${chain} ${words.join(' ')}`;
}

function statement(value: unknown): string | undefined {
  const [[kind, body] = ['', undefined], ...more] = isFields(value) ? Object.entries(value) : [];
  if (more.length > 0) return undefined;
  if (kind === 'accept' || kind === 'drop') return kind;
  return kind === 'match' && isFields(body) && body.op === '==' ? match(body) : undefined;
}

function match({ left, right }: Fields): string | undefined {
  const what = isFields(left) ? (payload(left.payload) ?? meta(left.meta)) : undefined;
  return what !== undefined && (isWord(right) || typeof right === 'number') ? `${what} ${right}` : undefined;
}

function payload(value: unknown): string | undefined {
  if (!isFields(value) || !isWord(value.protocol) || !isWord(value.field)) return undefined;
  return `${value.protocol} ${value.field}`;
}

/** Only what nft lets stand without the word `meta` in front. */
function meta(value: unknown): string | undefined {
  return isFields(value) && value.key === 'iifname' ? 'iifname' : undefined;
}

function isPlain(more: Fields): boolean {
  return Object.keys(more).length === 0;
}

/** Nothing that could be more than one word of nft's language, were it written again. */
function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^@?[A-Za-z0-9_.:-]+$/.test(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
