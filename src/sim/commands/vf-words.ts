import { Failure } from '../errno.ts';
import { pfAt } from '../functions.ts';
import { findNetdev } from '../netdevs.ts';
import type { VfSettings } from '../vf-admin.ts';
import type { IpContext } from './ip-context.ts';
import { lladdr, onOff, unsigned, type Words, wrong } from './words.ts';

type Mutable<T> = { -readonly [key in keyof T]: T[key] };
interface Parsed extends Mutable<VfSettings> {
  max?: number;
  min?: number;
}
type Handler = (found: Parsed, words: Words) => void;

/** ip/iplink.c, iplink_parse_vf. */
const handlers: { readonly [word: string]: Handler } = {
  mac: (found, words) => {
    found.mac = lladdr(words.next());
  },
  vlan: (found, words) => {
    found.vlan = parseVlan(words);
  },
  rate: (found, words) => {
    found.rate = number(words, 'Invalid "rate" value\n');
  },
  max_tx_rate: (found, words) => {
    found.max = number(words, 'Invalid "max tx rate" value\n');
  },
  min_tx_rate: (found, words) => {
    found.min = number(words, 'Invalid "min tx rate" value\n');
  },
  spoofchk: (found, words) => {
    found.spoofchk = onOff(words.next(), 'spoofchk');
  },
  trust: (found, words) => {
    found.trust = onOff(words.next(), 'trust');
  },
  state: (found, words) => {
    found.linkState = linkState(words.next());
  },
  query_rss: (found, words) => {
    onOff(words.next(), 'query_rss');
    found.unsupported = true;
  },
  node_guid: (found, words) => {
    words.next();
    found.unsupported = true;
  },
  port_guid: (found, words) => {
    words.next();
    found.unsupported = true;
  },
};

export function parseVf(context: IpContext, words: Words, vf: number, device: string): VfSettings {
  const found: Parsed = { vf };
  let count = 0;
  for (let word = words.peek(); word !== undefined && Object.hasOwn(handlers, word); word = words.peek()) {
    handlers[words.next()]?.(found, words);
    count += 1;
  }
  if (count === 0) throw new Failure(255, 'Command line is not complete. Try option "help"\n');
  return withRates(context, found, device);
}

/** A missing half of the pair is read from the kernel first; `rate` counts only alone or with `min_tx_rate`. */
function withRates(context: IpContext, parsed: Parsed, device: string): VfSettings {
  const { max, min, ...found } = parsed;
  const now = currentRates(context, device, found.vf);
  if (max === undefined && min === undefined) return found;
  const { rate, ...rest } = found;
  const rates = { min: min ?? now.min, max: max ?? rate ?? now.max };
  if (rates.max !== 0 && rates.min > rates.max) {
    throw new Failure(1, `Invalid min_tx_rate ${rates.min} - must be <= max_tx_rate ${rates.max}\n`);
  }
  return { ...rest, rates };
}

function currentRates(
  context: IpContext,
  device: string,
  vf: number,
): { readonly min: number; readonly max: number } {
  const { state } = context.call;
  const netdev = findNetdev(state, context.ns, device);
  const admin = pfAt(state, netdev?.pci ?? '')?.vfs[vf]?.admin;
  return { min: admin?.minRate ?? 0, max: admin?.maxRate ?? 0 };
}

function number(words: Words, complaint: string): number {
  const word = words.next();
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(word) || Number(word) > 0xffffffff) throw wrong(word, complaint);
  return Number(word);
}

function parseVlan(words: Words): NonNullable<VfSettings['vlan']> {
  const id = unsigned(words.next(), 'vlan');
  if (id > 4095) throw wrong(String(id), 'Invalid "vlan" value\n');
  const qos = words.take('qos') ? unsigned(words.next(), 'qos') : 0;
  const proto = words.take('proto') ? words.next() : '802.1Q';
  if (!['802.1q', '802.1ad'].includes(proto.toLowerCase())) throw wrong(proto, 'protocol is invalid\n');
  return { id, qos, proto: proto.toLowerCase() === '802.1q' ? '802.1Q' : '802.1ad' };
}

function linkState(word: string): 'auto' | 'enable' | 'disable' {
  if (word === 'auto' || word === 'enable' || word === 'disable') return word;
  throw wrong(word, 'Invalid "state" value\n');
}
