import { sortElements } from './elements.ts';
import type { NftRule, NftStatement } from './state.ts';
import { NftError, type Tokens, unexpected } from './tokens.ts';

/** What a rule can match; the simulator refuses the rest of nft's language. */
const matches: { readonly [first: string]: readonly string[] | undefined } = {
  iifname: [],
  oifname: [],
  ip: ['saddr', 'daddr', 'protocol'],
  ip6: ['saddr', 'daddr', 'nexthdr'],
  udp: ['dport', 'sport'],
  tcp: ['dport', 'sport'],
  meta: ['l4proto', 'nfproto', 'iifname', 'oifname'],
  ct: ['state'],
  ether: ['saddr', 'daddr', 'type'],
};

const verdicts = ['accept', 'drop', 'return', 'reject'] as const;
const named: readonly string[] = ['iifname', 'oifname'];

/** One rule up to its end. */
export function parseRule(tokens: Tokens, handle: number): NftRule {
  const rule: NftRule = { handle, statements: [], comment: '' };
  for (let token = tokens.peek(); token && token.text !== ';' && token.text !== '}'; token = tokens.peek()) {
    if (tokens.take('comment')) rule.comment = tokens.next().text;
    else rule.statements.push(statement(tokens));
  }
  if (rule.statements.length === 0) throw unexpected(tokens.next());
  return rule;
}

function statement(tokens: Tokens): NftStatement {
  const token = tokens.next();
  const verdict = verdicts.find((word) => word === token.text);
  if (verdict) return { verdict };
  if (token.text === 'counter') {
    if (tokens.take('packets')) {
      tokens.next();
      tokens.expect('bytes');
      tokens.next();
    }
    return { counter: true };
  }
  const fields = Object.hasOwn(matches, token.text) ? matches[token.text] : undefined;
  if (!fields) throw unexpected(token);
  return match(tokens, token.text, fields);
}

function match(tokens: Tokens, first: string, fields: readonly string[]): NftStatement {
  let field = first;
  if (fields.length > 0) {
    const token = tokens.next();
    if (!fields.includes(token.text)) throw unexpected(token);
    field = named.includes(token.text) ? token.text : `${first} ${token.text}`;
  }
  const op = tokens.take('!=') ? '!=' : '==';
  if (op === '==') tokens.take('==');
  const isSet = tokens.take('{');
  const right = isSet ? sortElements(values(tokens, '}')) : listed(tokens);
  return { match: field, op, right, isSet: isSet || right.length > 1 };
}

/** `established,related` needs no braces. */
function listed(tokens: Tokens): (string | number)[] {
  const all = [value(tokens)];
  while (tokens.take(',')) all.push(value(tokens));
  return all;
}

/** Elements up to the closing brace; an interval keeps its dash. */
export function values(tokens: Tokens, close: string): (string | number)[] {
  const all: (string | number)[] = [];
  while (!tokens.take(close)) {
    if (tokens.take(',')) continue;
    tokens.skipEnds();
    if (tokens.take(close)) break;
    all.push(value(tokens));
    tokens.skipEnds();
  }
  return all;
}

function value(tokens: Tokens): string | number {
  const token = tokens.next();
  if (!token.quoted && /^[;{},]$/.test(token.text)) throw unexpected(token);
  if (
    !token.quoted &&
    /^(\d{1,3}\.){1,3}\d{0,3}$/.test(token.text) &&
    !/^(\d{1,3}\.){3}\d{1,3}$/.test(token.text)
  )
    throw new NftError(`Could not resolve hostname: Name or service not known`, token);
  return !token.quoted && /^\d+$/.test(token.text) ? Number(token.text) : token.text;
}

/** As `nft list` prints it. */
export function ruleText(rule: NftRule): string {
  const comment = rule.comment === '' ? [] : [`comment "${rule.comment}"`];
  return [...rule.statements.map(statementText), ...comment].join(' ');
}

function statementText(statement: NftStatement): string {
  if ('verdict' in statement) return statement.verdict;
  if ('counter' in statement) return 'counter packets 0 bytes 0';
  const quote = named.includes(statement.match);
  const items = statement.right.map((item) =>
    quote && !String(item).startsWith('@') ? `"${item}"` : String(item),
  );
  const isList = statement.match === 'ct state';
  const right = statement.isSet ? (isList ? items.join(',') : `{ ${items.join(', ')} }`) : items.join('');
  return `${statement.match} ${statement.op === '!=' ? '!= ' : ''}${right}`;
}

/** As `nft -j list` prints it (libnftables-json(5)). */
export function ruleJson(rule: NftRule, place: { readonly [key: string]: unknown }): unknown {
  const comment = rule.comment === '' ? {} : { comment: rule.comment };
  return { rule: { ...place, handle: rule.handle, ...comment, expr: rule.statements.map(statementJson) } };
}

function statementJson(statement: NftStatement): unknown {
  if ('verdict' in statement) return { [statement.verdict]: null };
  if ('counter' in statement) return { counter: { packets: 0, bytes: 0 } };
  const [first = '', field] = statement.match.split(' ');
  const left = leftJson(first, field);
  const items = statement.right.map(elementJson);
  const op = first === 'ct' && statement.op === '==' ? 'in' : statement.op;
  const right = statement.isSet ? (first === 'ct' ? items : { set: items }) : items[0];
  return { match: { op, left, right } };
}

function leftJson(first: string, field: string | undefined): unknown {
  if (field === undefined) return { meta: { key: first } };
  if (first === 'meta') return { meta: { key: field } };
  return first === 'ct' ? { ct: { key: field } } : { payload: { protocol: first, field } };
}

/** A prefix becomes an object. */
export function elementJson(item: string | number): unknown {
  const prefix = /^([0-9a-f.:]+)\/(\d+)$/i.exec(String(item));
  return prefix ? { prefix: { addr: prefix[1], len: Number(prefix[2]) } } : item;
}
