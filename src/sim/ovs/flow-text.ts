import { parseActions } from './ofp-actions.ts';
import { addToMatch, type Match, normalized, type PortLookup, printMatch } from './ofp-match.ts';
import { BadFlow, type Bits, reservedPort } from './ofp-values.ts';
import type { BridgeInForce } from './state.ts';

/** One flow as written by a user. */
export interface FlowText {
  readonly verb: 'add' | 'modify' | 'delete';
  readonly strict: boolean;
  /** -1 means every table in a deletion. */
  readonly table: number;
  readonly priority: number;
  readonly cookie: bigint;
  readonly cookieMask: bigint;
  readonly outPort: number | undefined;
  readonly match: Match;
  /** If fields were dropped: the match before and after, as ofctl reports it. */
  readonly dropped: { readonly pre: string; readonly post: string } | undefined;
  readonly actions: string;
  readonly extra: readonly string[];
}

export const defaultPriority = 32768;

export function portsOf(bridge: BridgeInForce, name: string): PortLookup {
  return (word) => {
    const [unquoted] = [word.replace(/^"(.*)"$/, '$1')];
    if (/^(0x[0-9a-f]+|\d+)$/i.test(unquoted))
      return Number(unquoted) <= 0xffff ? Number(unquoted) : undefined;
    if (unquoted === name) return reservedPort('LOCAL');
    return bridge.ports[unquoted] ?? reservedPort(unquoted);
  };
}

const verbs: { readonly [word: string]: Pick<FlowText, 'verb' | 'strict'> | undefined } = {
  add: { verb: 'add', strict: false },
  modify: { verb: 'modify', strict: false },
  modify_strict: { verb: 'modify', strict: true },
  delete: { verb: 'delete', strict: false },
  delete_strict: { verb: 'delete', strict: true },
};

/** @throws BadFlow with ofctl's text */
export function parseFlow(text: string, port: PortLookup, kind: Pick<FlowText, 'verb' | 'strict'>): FlowText {
  const first = /^\s*(\w+)(?=\s|$)/.exec(text)?.[1] ?? '';
  const given = Object.hasOwn(verbs, first) ? verbs[first] : undefined;
  const { verb, strict } = given ?? kind;
  const body = given ? text.slice(text.indexOf(first) + first.length) : text;
  const [head = '', actions] = body.split(/\bactions?\s*=(.*)/s);
  if (verb !== 'delete' && actions === undefined) throw new BadFlow('must specify an action');
  if (verb === 'delete' && actions !== undefined) throw new BadFlow('unknown keyword actions');
  const parsed = parseHead(head, port, verb, strict);
  return { ...parsed, verb, strict, actions: actions === undefined ? '' : parseActions(actions, port) };
}

interface Head {
  table: number;
  priority: number;
  cookie: bigint;
  cookieMask: bigint;
  outPort: number | undefined;
  extra: string[];
}

type ParsedHead = Omit<FlowText, 'verb' | 'strict' | 'actions'>;

function parseHead(text: string, port: PortLookup, verb: FlowText['verb'], strict: boolean): ParsedHead {
  const head: Head = {
    table: verb === 'add' ? 0 : -1,
    priority: defaultPriority,
    cookie: 0n,
    cookieMask: 0n,
    outPort: undefined,
    extra: [],
  };
  const raw = new Map<string, Bits>();
  for (const word of text.split(/[,\s]+/).filter((part) => part !== '')) {
    const [key = '', value = ''] = word.split(/=(.*)/s);
    if (key === 'priority' && verb === 'delete' && !strict) throw new BadFlow('unknown keyword priority');
    if (addToMatch(raw, key, value, port) || addToHead(head, key, value, port)) continue;
    throw new BadFlow(`unknown keyword ${key}`);
  }
  const match = normalized(raw);
  return { ...head, match, dropped: droppedOf(raw, match) };
}

function droppedOf(raw: Match, match: Match): FlowText['dropped'] {
  if (raw.size === match.size) return undefined;
  const shown = [...printMatch(raw)].filter((part) => !/^(arp_|nd_target)/.test(part));
  return { pre: shown.join(','), post: printMatch(match).join(',') };
}

function addToHead(head: Head, key: string, value: string, port: PortLookup): boolean {
  if (/^(send_flow_rem|check_overlap|reset_counts|no_packet_counts|no_byte_counts)$/.test(key)) {
    if (key === 'send_flow_rem') head.extra.push(key);
    return value === '';
  }
  const read = Object.hasOwn(readers, key) ? readers[key] : undefined;
  if (!read) return false;
  if (value === '') throw new BadFlow(`field ${key} missing value`);
  read(head, value, port);
  return true;
}

type HeadReader = (head: Head, value: string, port: PortLookup) => void;

const readers: { readonly [key: string]: HeadReader | undefined } = {
  table: (head, value) => {
    if (!/^\d+$/.test(value) || Number(value) > 255) throw new BadFlow(`unknown table "${value}"`);
    // 255 is every table; an added flow goes to the first.
    head.table = Number(value) === 255 ? -1 : Number(value);
  },
  priority: (head, value) => {
    if (!isNumber(value) || Number(value) > 65535) throw new BadFlow(`invalid priority "${value}"`);
    head.priority = Number(value);
  },
  cookie: (head, value) => {
    const [cookie = '', mask] = value.split('/');
    head.cookie = cookieOf(cookie);
    head.cookieMask = mask === undefined ? 0n : cookieOf(mask);
  },
  out_port: (head, value, port) => {
    head.outPort = port(value);
    if (head.outPort === undefined) throw new BadFlow(`${value} is not a valid OpenFlow port`);
  },
  idle_timeout: (head, value) => keep(head, 'idle_timeout', value),
  hard_timeout: (head, value) => keep(head, 'hard_timeout', value),
  importance: (head, value) => keep(head, '', value),
};

function keep(head: Head, name: string, value: string): void {
  if (!isNumber(value) || Number(value) > 65535) throw new BadFlow(`invalid ${name} "${value}"`);
  if (name !== '' && Number(value) > 0) head.extra.push(`${name}=${Number(value)}`);
}

function isNumber(text: string): boolean {
  return /^(0x[0-9a-f]+|\d+)$/i.test(text);
}

const allCookies = (1n << 64n) - 1n;

function cookieOf(text: string): bigint {
  if (text === '-1') return allCookies;
  if (!isNumber(text)) throw new BadFlow(`invalid numeric format ${text}`);
  return BigInt(text);
}
