import { Failure } from '../errno.ts';
import { findNetdev } from '../netdevs.ts';
import type { Netdev } from '../state.ts';
import { addressRecords } from './address-record.ts';
import { type IpContext, printJson, shownNetdev } from './ip-context.ts';
import { type Fields, linkRecord } from './link-record.ts';
import { addressText, briefText, linkText } from './link-text.ts';
import { type Reply, said } from './program.ts';
import { Words, wrong } from './words.ts';

type Filter = (netdev: Netdev) => boolean;

/** `ip link show` and `ip addr show`, with their filters. */
export function show(context: IpContext, argv: readonly string[], isLink: boolean): Reply {
  const filters = parseFilters(context, argv);
  const netdevs = context.call.state.netdevs
    .filter((n) => n.ns === context.ns && filters.every((filter) => filter(n)))
    .sort((a, b) => a.ifindex - b.ifindex);
  const records = netdevs
    .map((netdev) => record(context, netdev, isLink))
    .filter((r) => context.family === 0 || isLink || (r.addr_info as readonly unknown[]).length > 0);
  if (context.json) return said(printJson(context, records));
  return said(records.map((r) => (context.brief ? brief(r) : text(r))).join(''));
}

function record(context: IpContext, netdev: Netdev, isLink: boolean): Fields {
  const link = linkRecord(context, netdev, isLink);
  return isLink ? link : { ...link, addr_info: addressRecords(context, netdev) };
}

function parseFilters(context: IpContext, argv: readonly string[]): readonly Filter[] {
  const words = new Words(argv);
  const filters: Filter[] = [];
  while (!words.done) filters.push(parseFilter(context, words));
  return filters;
}

function parseFilter(context: IpContext, words: Words): Filter {
  const word = words.next();
  if (word === 'up') return (netdev) => netdev.up;
  if (word === 'master') {
    const name = words.next();
    const master = findNetdev(context.call.state, context.ns, name);
    if (!master) throw wrong(name, 'Device does not exist\n');
    return (netdev) => netdev.master === master.ifindex;
  }
  if (word === 'type') return typeFilter(words.next());
  if (word === 'scope' || word === 'to' || word === 'label') {
    throw new Failure(255, `vflane's simulator does not know "ip addr show ${word}"\n`);
  }
  const wanted = shownNetdev(context, word === 'dev' ? words.next() : word);
  return (netdev) => netdev === wanted;
}

function typeFilter(kind: string): Filter {
  return (netdev) => (kind === 'bond_slave' ? netdev.slave !== undefined : netdev.kind === kind);
}

function text(record: Fields): string {
  const addresses = (record.addr_info ?? []) as readonly Fields[];
  return linkText(record) + addresses.map(addressText).join('');
}

function brief(record: Fields): string {
  const addresses = record.addr_info as readonly Fields[] | undefined;
  const tail = addresses
    ? addresses.map((a) => `${a.local}/${a.prefixlen}`).join(' ')
    : `${record.address} <${(record.flags as readonly string[]).join(',')}>`;
  return briefText(record, tail);
}
