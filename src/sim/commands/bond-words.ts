import { isIPv6 } from 'node:net';
import type { BondOptions } from '../bond-options.ts';
import { Failure } from '../errno.ts';
import { bondModes } from '../files/net.ts';
import { type IpContext, netdevNamed } from './ip-context.ts';
import { oneOf, own, Words, wrong } from './words.ts';

type Mutable<T> = { -readonly [key in keyof T]: T[key] };
type Handler = (options: Mutable<BondOptions>, words: Words, context: IpContext) => void;

const arpValidate = ['none', 'active', 'backup', 'all', 'filter', 'filter_active', 'filter_backup'];
const policies = ['layer2', 'layer3+4', 'layer2+3', 'encap2+3', 'encap3+4', 'vlan+srcmac'];

function number(words: Words, what: string): number {
  const word = words.next();
  if (!/^\d+$/.test(word) || Number(word) > 0x7fffffff) throw wrong(word, `invalid ${what}`);
  return Number(word);
}

function small(words: Words, what: string): number {
  const value = number(words, what);
  if (value > 255) throw wrong(String(value), `invalid ${what}`);
  return value;
}

/** ip/iplink_bond.c, bond_parse_opt. */
const handlers: { readonly [word: string]: Handler } = {
  mode: (o, words) => {
    o.mode = oneOf(words.next(), bondModes, 'invalid mode');
  },
  active_slave: (o, words, context) => {
    o.activeSlave = slaveName(context, words.next());
  },
  miimon: (o, words) => {
    o.miimon = number(words, 'miimon');
  },
  updelay: (o, words) => {
    o.updelay = number(words, 'updelay');
  },
  downdelay: (o, words) => {
    o.downdelay = number(words, 'downdelay');
  },
  arp_interval: (o, words) => {
    o.arpInterval = number(words, 'arp_interval');
  },
  arp_ip_target: (o, words) => {
    o.arpTargets = words.next().split(',').filter(Boolean).map(target);
  },
  ns_ip6_target: (o, words) => {
    o.nsTargets = words.next().split(',').filter(Boolean).map(target6);
  },
  arp_validate: (o, words) => {
    o.arpValidate = oneOf(words.next(), arpValidate, 'invalid arp_validate');
  },
  arp_all_targets: (o, words) => {
    o.arpAllTargets = oneOf(words.next(), ['any', 'all'], 'invalid arp_all_targets');
  },
  arp_missed_max: (o, words) => {
    o.missedMax = small(words, 'arp_missed_max');
  },
  primary: (o, words, context) => {
    o.primary = slaveName(context, words.next());
  },
  primary_reselect: (o, words) => {
    o.primaryReselect = oneOf(words.next(), ['always', 'better', 'failure'], 'invalid primary_reselect');
  },
  fail_over_mac: (o, words) => {
    o.failOverMac = oneOf(words.next(), ['none', 'active', 'follow'], 'invalid fail_over_mac');
  },
  xmit_hash_policy: (o, words) => {
    o.xmitHashPolicy = oneOf(words.next(), policies, 'invalid xmit_hash_policy');
  },
  num_grat_arp: (o, words) => {
    o.numPeerNotif = small(words, 'num_grat_arp');
  },
  num_unsol_na: (o, words) => {
    o.numPeerNotif = small(words, 'num_grat_arp');
  },
  all_slaves_active: (o, words) => {
    o.allSlavesActive = small(words, 'all_slaves_active');
  },
  min_links: (o, words) => {
    o.minLinks = number(words, 'min_links');
  },
  lacp_rate: (o, words) => {
    o.lacpRate = oneOf(words.next(), ['slow', 'fast'], 'invalid lacp_rate');
  },
};

export function parseBond(context: IpContext, argv: readonly string[]): BondOptions {
  const words = new Words(argv);
  const options: Mutable<BondOptions> = {};
  while (!words.done) {
    const word = words.next();
    const handler = own(handlers, word);
    if (!handler) throw new Failure(1, `bond: unknown command "${word}"?\n`);
    handler(options, words, context);
  }
  return options;
}

/** The netdev must be there, but need not be a slave. */
function slaveName(context: IpContext, name: string): string {
  return netdevNamed(context.call.state, context.ns, name).name;
}

function target6(word: string): string {
  if (!isIPv6(word)) throw new Failure(1, `Error: an IPv6 address is expected rather than "${word}"\n`);
  return word;
}

function target(word: string): string {
  const octets = word.split('.').map(Number);
  const ok = octets.length === 4 && octets.every((o) => Number.isInteger(o) && o >= 0 && o <= 255);
  if (!ok) throw new Failure(1, `Error: an IP address is expected rather than "${word}"\n`);
  return word;
}
