import type { BondOptions } from '../bond-options.ts';
import { Failure, Refusal } from '../errno.ts';
import { kernelOf } from '../functions.ts';
import { hasNamespace } from '../namespaces.ts';
import { findNetdev } from '../netdevs.ts';
import type { LinkSettings } from '../set-link.ts';
import { parseBond } from './bond-words.ts';
import { type IpContext, netdevNamed } from './ip-context.ts';
import { parseVf } from './vf-words.ts';
import { ifname, lladdr, own, unsigned, Words, wrong } from './words.ts';

type Mutable<T> = { -readonly [key in keyof T]: T[key] };

export interface ParsedLink {
  readonly settings: LinkSettings;
  /** The netdev it is about, or the name of a new one. */
  readonly device: string | undefined;
  /** `type KIND` and the words after it. */
  readonly kind: string | undefined;
  readonly kindWords: readonly string[];
  /** ifindex of `link DEV`. */
  readonly lower: number;
}

/** The words of `ip link set|add|del` in any order (ip/iplink.c, iplink_parse). */
export function parseLink(context: IpContext, argv: readonly string[]): ParsedLink {
  const found: Found = {
    settings: {},
    device: undefined,
    kind: undefined,
    kindWords: [],
    lower: 0,
  };
  const words = new Words(argv);
  while (!words.done && found.kind === undefined) parseWord(context, words, found);
  if (found.kind === 'bond') Object.assign(found.settings, bondSettings(context, found.kindWords));
  return found;
}

type Found = Omit<Mutable<ParsedLink>, 'settings'> & { settings: Mutable<LinkSettings> };
type Handler = (found: Found, words: Words, context: IpContext) => void;

const handlers: { readonly [word: string]: Handler } = {
  up: ({ settings }) => {
    settings.up = true;
  },
  down: ({ settings }) => {
    settings.up = false;
  },
  mtu: ({ settings }, words) => {
    settings.mtu = unsigned(words.next(), 'mtu');
  },
  address: ({ settings }, words) => {
    settings.mac = lladdr(words.next());
  },
  alias: ({ settings }, words) => {
    settings.alias = words.next();
  },
  nomaster: ({ settings }) => {
    settings.master = 0;
  },
  name: (found, words) => {
    found.settings.name = ifname(words.next(), 'name');
  },
  master: ({ settings }, words, { call, ns }) => {
    const name = words.next();
    const master = findNetdev(call.state, ns, name);
    if (!master) throw wrong(name, 'Device does not exist\n');
    settings.master = master.ifindex;
  },
  netns: ({ settings }, words, context) => {
    settings.ns = targetNamespace(context, words.next());
  },
  link: (found, words, { call, ns }) => {
    found.lower = netdevNamed(call.state, ns, words.next()).ifindex;
  },
  vf: (found, words, context) => parseVfWords(found, words, context),
  type: (found, words) => {
    found.kind = words.next();
    found.kindWords = words.rest();
  },
};

/** Words whose value changes nothing here. */
const ignored = [
  'txqueuelen',
  'qlen',
  'txqlen',
  'group',
  'mode',
  'arp',
  'multicast',
  'promisc',
  'allmulticast',
  'addrgenmode',
  'numtxqueues',
  'numrxqueues',
  'broadcast',
  'brd',
  'index',
];

function parseWord(context: IpContext, words: Words, found: Found): void {
  const word = words.next();
  const handler = own(handlers, word);
  if (handler) handler(found, words, context);
  else if (ignored.includes(word)) words.next();
  else takeDevice(context, found, word === 'dev' ? words.next() : word);
}

function takeDevice(context: IpContext, found: Found, name: string): void {
  if (found.device !== undefined) {
    const article = kernelOf(context.call.state).debian >= 13 ? '' : 'a ';
    throw new Failure(255, `Error: either "dev" is duplicate, or "${name}" is ${article}garbage.\n`);
  }
  found.device = ifname(name, 'dev');
}

/** With several `vf N …` in one command, the kernel sees only the last attribute. */
function parseVfWords(found: Found, words: Words, context: IpContext): void {
  const index = words.next();
  // get_integer accepts a sign; it is the kernel that refuses a VF below 0 (seen on a real one).
  if (!/^(-?0x[0-9a-f]+|-?\d+)$/i.test(index)) throw wrong(index, 'Invalid "vf" value\n');
  if (found.device === undefined)
    throw new Failure(255, 'Not enough information: "dev" argument is required.\n');
  found.settings.vf = parseVf(context, words, Number(index), found.device);
}

/** A namespace's name, a path, or a process's number: 1 is the host's own (lib/namespace.c, netns_get_fd). */
function targetNamespace({ call }: IpContext, word: string): string {
  if (word === '/proc/1/ns/net') return '';
  if (word !== '' && hasNamespace(call.state, word)) return word;
  if (!/^\d+$/.test(word)) throw wrong(word, 'Invalid "netns" value\n');
  if (word === '1') return '';
  const process = call.state.processes.find((p) => p.pid === Number(word));
  if (!process) throw new Refusal('ESRCH');
  return process.ns;
}

function bondSettings(context: IpContext, kindWords: readonly string[]): { bond: BondOptions } {
  return { bond: parseBond(context, kindWords) };
}
