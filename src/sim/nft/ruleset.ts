import { sortElements, whyNoHook } from './elements.ts';
import { parseRule, values } from './rule.ts';
import type { NftChain, NftRule, NftSet, NftTable } from './state.ts';
import { NftError, type Token, type Tokens, unexpected } from './tokens.ts';

const families = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'];
const priorities: { readonly [name: string]: number | undefined } = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
};

/** Runs a script on a copy of the tables: all of it or nothing. @throws NftError */
export function runScript(tables: readonly NftTable[], tokens: Tokens): NftTable[] {
  const changing = new Changing(structuredClone([...tables]));
  while (!tokens.done) changing.command(tokens);
  return changing.tables;
}

class Changing {
  tables: NftTable[];

  constructor(tables: NftTable[]) {
    this.tables = tables;
  }

  command(tokens: Tokens): void {
    const token = tokens.next();
    if (token.text === 'table') this.#table(tokens, true);
    else if (token.text === 'add' || token.text === 'create') this.#add(tokens);
    else if (token.text === 'delete') this.#delete(tokens);
    else if (token.text === 'flush') this.#flush(tokens);
    else throw unexpected(token);
  }

  #table(tokens: Tokens, mayHaveBody: boolean): NftTable {
    const { family, name } = address(tokens);
    let table = this.tables.find((t) => t.family === family && t.name === name.text);
    if (!table) {
      const handle = Math.max(0, ...this.tables.map((t) => t.handle)) + 1;
      table = { family, name: name.text, handle, nextHandle: 1, sets: [], chains: [] };
      this.tables.push(table);
    }
    if (mayHaveBody && tokens.take('{')) this.#body(tokens, table);
    return table;
  }

  #find(tokens: Tokens): NftTable {
    const { family, name } = address(tokens);
    const table = this.tables.find((t) => t.family === family && t.name === name.text);
    if (!table) throw new NftError('No such file or directory', name);
    return table;
  }

  #body(tokens: Tokens, table: NftTable): void {
    for (tokens.skipEnds(); !tokens.take('}'); tokens.skipEnds()) {
      const token = tokens.next();
      if (token.text === 'chain') this.#chain(tokens, table);
      else if (token.text === 'set') this.#set(tokens, table);
      else throw unexpected(token);
    }
  }

  #chain(tokens: Tokens, table: NftTable): void {
    const name = tokens.next().text;
    const chain = chainOf(table, name);
    if (!tokens.take('{')) return;
    for (tokens.skipEnds(); !tokens.take('}'); tokens.skipEnds()) {
      if (tokens.take('type')) chain.hook = hook(tokens, table.family);
      else if (tokens.take('policy')) policy(tokens, chain);
      else chain.rules.push(ruleOf(tokens, table));
    }
  }

  #set(tokens: Tokens, table: NftTable): void {
    const name = tokens.next().text;
    const set = setOf(table, name);
    if (!tokens.take('{')) return;
    for (tokens.skipEnds(); !tokens.take('}'); tokens.skipEnds()) setLine(tokens, set);
  }

  #add(tokens: Tokens): void {
    const token = tokens.next();
    if (token.text === 'table') this.#table(tokens, true);
    else if (token.text === 'chain') this.#chain(tokens, this.#find(tokens));
    else if (token.text === 'set') this.#set(tokens, this.#find(tokens));
    else if (token.text === 'element') this.#elements(tokens, true);
    else if (token.text === 'rule') {
      const table = this.#find(tokens);
      const name = tokens.next();
      const chain = table.chains.find((c) => c.name === name.text);
      if (!chain) throw new NftError('No such file or directory', name);
      chain.rules.push(ruleOf(tokens, table));
    } else throw unexpected(token);
  }

  #delete(tokens: Tokens): void {
    const token = tokens.next();
    if (token.text === 'element') this.#elements(tokens, false);
    else if (token.text === 'table') {
      const gone = this.#find(tokens);
      this.tables = this.tables.filter((table) => table !== gone);
    } else if (token.text === 'chain') {
      const table = this.#find(tokens);
      const name = tokens.next();
      const chain = table.chains.find((c) => c.name === name.text);
      if (!chain) throw new NftError('No such file or directory', name);
      table.chains = table.chains.filter((c) => c !== chain);
    } else throw unexpected(token);
  }

  #elements(tokens: Tokens, adds: boolean): void {
    const table = this.#find(tokens);
    const name = tokens.next();
    const set = table.sets.find((s) => s.name === name.text);
    if (!set) throw new NftError('No such file or directory', name);
    tokens.expect('{');
    const given = values(tokens, '}').map(String);
    const others = set.elements.filter((element) => !given.includes(element));
    if (!adds && others.length + given.length !== set.elements.length)
      throw new NftError('No such file or directory', name);
    refuseLong(set, given, name);
    set.elements = adds ? sortElements([...others, ...given]) : others;
  }

  #flush(tokens: Tokens): void {
    const token = tokens.next();
    if (token.text === 'ruleset') this.tables = [];
    else if (token.text === 'table') for (const chain of this.#find(tokens).chains) chain.rules = [];
    else if (token.text === 'chain') {
      const table = this.#find(tokens);
      const name = tokens.next();
      const chain = table.chains.find((c) => c.name === name.text);
      if (!chain) throw new NftError('No such file or directory', name);
      chain.rules = [];
    } else throw unexpected(token);
  }
}

/** `[FAMILY] NAME`; the default is ip. */
function address(tokens: Tokens): { readonly family: string; readonly name: Token } {
  const first = tokens.next();
  if (!families.includes(first.text)) return { family: 'ip', name: first };
  const name = tokens.next();
  if (name.text === ';') throw unexpected(name);
  return { family: first.text, name };
}

function chainOf(table: NftTable, name: string): NftChain {
  const known = table.chains.find((chain) => chain.name === name);
  if (known) return known;
  const chain = { name, handle: table.nextHandle++, rules: [] };
  table.chains.push(chain);
  return chain;
}

function setOf(table: NftTable, name: string): NftSet {
  const known = table.sets.find((set) => set.name === name);
  if (known) return known;
  const set = { name, handle: table.nextHandle++, type: '', flags: [], elements: [] };
  table.sets.push(set);
  return set;
}

/** `type filter hook input priority filter - 10; policy accept;` */
function hook(tokens: Tokens, family: string): NonNullable<NftChain['hook']> {
  const type = tokens.next().text;
  tokens.expect('hook');
  const at = tokens.next();
  const why = whyNoHook(family, at.text);
  if (why !== undefined) throw new NftError(why, at);
  tokens.expect('priority');
  const word = tokens.next();
  const base = Object.hasOwn(priorities, word.text) ? priorities[word.text] : Number(word.text);
  if (base === undefined || Number.isNaN(base)) throw unexpected(word);
  const sign = tokens.take('-') ? -1 : tokens.take('+') ? 1 : 0;
  const priority = sign === 0 ? base : base + sign * Number(tokens.next().text);
  return { type, hook: at.text, priority, policy: 'accept' };
}

function policy(tokens: Tokens, chain: NftChain): void {
  const word = tokens.next();
  if ((word.text !== 'accept' && word.text !== 'drop') || !chain.hook) throw unexpected(word);
  chain.hook.policy = word.text;
}

/** A netdev's name takes at most 16 octets (IFNAMSIZ). */
function refuseLong(set: NftSet, given: readonly string[], token: Token): void {
  if (set.type === 'ifname' && given.some((name) => name.length > 16))
    throw new NftError('String exceeds maximum length of 16', token);
}

/** A set that a rule names must exist. */
function ruleOf(tokens: Tokens, table: NftTable): NftRule {
  const first = tokens.peek();
  const rule = parseRule(tokens, table.nextHandle++);
  for (const statement of rule.statements) {
    const names =
      'match' in statement ? statement.right.map(String).filter((word) => word.startsWith('@')) : [];
    const isThere = names.every((name) => table.sets.some((set) => `@${set.name}` === name));
    if (!isThere) throw new NftError('No such file or directory', first);
  }
  return rule;
}

function setLine(tokens: Tokens, set: NftSet): void {
  const token = tokens.next();
  if (token.text === 'type') set.type = tokens.next().text;
  else if (token.text === 'flags') set.flags = [tokens.next().text];
  else if (token.text === 'elements') {
    tokens.expect('=');
    tokens.expect('{');
    const given = values(tokens, '}').map(String);
    refuseLong(set, given, token);
    set.elements = sortElements([...new Set([...set.elements, ...given])]);
  } else throw unexpected(token);
}
