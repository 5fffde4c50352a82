import ipaddr from 'ipaddr.js';
import { Failure, Refusal } from '../errno.ts';
import { forgetAddress } from '../routes.ts';
import type { Address, Netdev } from '../state.ts';
import { hasIpv6 } from '../sysctls.ts';
import { type IpContext, netdevNamed } from './ip-context.ts';
import { show } from './ip-show.ts';
import { failed, type Reply, silent } from './program.ts';
import { own, Words } from './words.ts';

/** `ip address`. */
export function ipAddress(context: IpContext, argv: readonly string[]): Reply {
  const [verb = 'show', ...rest] = argv;
  if (['show', 'list', 'lst', 'ls', 's'].includes(verb)) return show(context, rest, false);
  const act = own(verbs, verb);
  if (!act) return failed(255, `Command "${verb}" is unknown, try "ip address help".\n`);
  act(context, parse(context, rest));
  return silent;
}

interface Wanted {
  readonly netdev: Netdev;
  readonly address: Address | undefined;
}

const verbs: { readonly [verb: string]: ((context: IpContext, wanted: Wanted) => void) | undefined } = {
  add: (context, wanted) => add(context, wanted, false),
  a: (context, wanted) => add(context, wanted, false),
  replace: (context, wanted) => add(context, wanted, true),
  change: (context, wanted) => add(context, wanted, true),
  del: remove,
  delete: remove,
  flush: (context, wanted) => {
    if (context.call.state.uid !== 0) throw new Refusal('EPERM');
    const { netdev } = wanted;
    netdev.addresses = netdev.addresses.filter((a) => context.family !== 0 && a.family !== context.family);
    forgetAddress(context.call.state, netdev, '');
  },
};

/** Words whose value changes nothing here. */
const ignored = ['label', 'metric', 'valid_lft', 'preferred_lft', 'scope', 'proto'];
const plain = ['noprefixroute', 'home', 'mngtmpaddr'];

function parse(context: IpContext, argv: readonly string[]): Wanted {
  const words = new Words(argv);
  let name: string | undefined;
  let address: Address | undefined;
  let nodad = false;
  while (!words.done) {
    const word = words.next();
    if (word === 'dev') name = words.next();
    else if (word === 'brd' || word === 'broadcast') words.next();
    else if (ignored.includes(word)) words.next();
    else if (word === 'nodad') nodad = true;
    else if (!plain.includes(word)) address = parseAddress(word === 'local' ? words.next() : word);
  }
  if (name === undefined) throw new Failure(1, 'Not enough information: "dev" argument is required.\n');
  if (address?.family === 6 && nodad) address = { ...address, nodad };
  return { netdev: netdevNamed(context.call.state, context.ns, name), address };
}

function parseAddress(word: string): Address {
  const [local = '', length] = word.split('/');
  const bad = new Failure(1, `Error: any valid prefix is expected rather than "${word}".\n`);
  if (!ipaddr.IPv4.isValidFourPartDecimal(local) && !ipaddr.IPv6.isValid(local)) throw bad;
  const parsed = ipaddr.parse(local);
  const family = parsed.kind() === 'ipv4' ? 4 : 6;
  const most = family === 4 ? 32 : 128;
  const prefix = length === undefined ? most : Number(length);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > most || length === '') throw bad;
  const scope = parsed.range() === 'linkLocal' ? 'link' : parsed.range() === 'loopback' ? 'host' : 'global';
  return { family, local: parsed.toString(), prefix, scope, label: '' };
}

function add(context: IpContext, { netdev, address }: Wanted, replace: boolean): void {
  if (context.call.state.uid !== 0) throw new Refusal('EPERM');
  if (!address) throw new Refusal('EOPNOTSUPP');
  // In IPv4, one address with two prefixes counts as two; in IPv6 as one (devinet.c, addrconf.c).
  const there = netdev.addresses.find(
    (a) => a.local === address.local && (a.family === 6 || a.prefix === address.prefix),
  );
  if (there && replace) {
    delete there.nodad;
    if (address.nodad) there.nodad = true;
    return;
  }
  if (there && address.family === 4) throw new Refusal('EEXIST', 'ipv4: Address already assigned');
  if (there) throw new Refusal('EEXIST', 'ipv6: address already assigned');
  if (address.family === 6 && (netdev.slave || !hasIpv6(context.call.state, netdev)))
    throw new Refusal('EACCES', 'ipv6: IPv6 is disabled on this device');
  netdev.addresses.push({ ...address, label: address.family === 4 ? netdev.name : '' });
}

function remove(context: IpContext, { netdev, address }: Wanted): void {
  if (context.call.state.uid !== 0) throw new Refusal('EPERM');
  if (!address) throw new Refusal('EOPNOTSUPP');
  const kept = netdev.addresses.filter(
    (a) =>
      a.local !== address.local ||
      (a.prefix !== address.prefix && address.prefix < (a.family === 4 ? 32 : 128)),
  );
  if (kept.length === netdev.addresses.length) {
    throw new Refusal(
      'EADDRNOTAVAIL',
      address.family === 4 ? 'ipv4: Address not found' : 'ipv6: address not found',
    );
  }
  netdev.addresses = kept;
  if (address.family === 4) forgetAddress(context.call.state, netdev, address.local);
}
