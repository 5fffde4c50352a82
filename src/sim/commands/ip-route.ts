import ipaddr from 'ipaddr.js';
import { hasCarrier } from '../carrier.ts';
import { Failure, Refusal } from '../errno.ts';
import { netdevAt } from '../netdevs.ts';
import type { Netdev, Route, SimState } from '../state.ts';
import { type IpContext, netdevNamed, printJson } from './ip-context.ts';
import { failed, type Reply, said, silent } from './program.ts';
import { own, unsigned, Words } from './words.ts';

/** `ip route`: static routes, and those that come with addresses. */
export function ipRoute(context: IpContext, argv: readonly string[]): Reply {
  const [verb = 'show', ...rest] = argv;
  if (['show', 'list', 'lst', 'ls'].includes(verb)) return print(context, shown(context, rest));
  if (verb === 'get') return get(context, rest[0] ?? '');
  const act = own({ add, append: add, replace, change: replace, del: remove, delete: remove }, verb);
  if (!act) return failed(255, `Command "${verb}" is unknown, try "ip route help".\n`);
  if (context.call.state.uid !== 0) throw new Refusal('EPERM');
  act(context, parse(context, rest));
  return silent;
}

type Wanted = Omit<Route, 'ifindex'> & { readonly ifindex: number };

function parse(context: IpContext, argv: readonly string[]): Wanted {
  const words = new Words(argv);
  const first = words.next();
  const found = { via: '', dev: '', src: '', metric: 0 };
  while (!words.done) {
    const word = words.next();
    if (word === 'via' || word === 'dev' || word === 'src') found[word] = words.next();
    else if (word === 'metric') found.metric = unsigned(words.next(), 'metric');
    else if (['proto', 'scope', 'table', 'mtu', 'initcwnd'].includes(word)) words.next();
    else if (word !== 'onlink')
      throw new Failure(255, `Error: either "to" is duplicate, or "${word}" is a garbage.\n`);
  }
  const family = context.family === 6 || `${first}${found.via}`.includes(':') ? 6 : 4;
  const { state } = context.call;
  const dev = found.dev === '' ? undefined : netdevNamed(state, context.ns, found.dev);
  const route = {
    ns: context.ns,
    family,
    dst: destination(first, family),
    via: found.via,
    metric: found.metric,
    src: found.src,
  } as const;
  return {
    ...route,
    ifindex: dev?.ifindex ?? 0,
    protocol: 'boot',
    scope: found.via === '' ? 'link' : 'global',
  };
}

function destination(word: string, family: 4 | 6): string {
  if (word === 'default' || word === '0.0.0.0/0' || word === '::/0') return 'default';
  const [address = '', length] = word.split('/');
  const bad = new Failure(
    1,
    `Error: ${family === 4 ? 'inet' : 'inet6'} prefix is expected rather than "${word}".\n`,
  );
  const fits = family === 4 ? ipaddr.IPv4.isValidFourPartDecimal(address) : ipaddr.IPv6.isValid(address);
  const most = family === 4 ? 32 : 128;
  const prefix = length === undefined ? most : Number(length);
  if (!fits || !Number.isInteger(prefix) || prefix > most || prefix < 0) throw bad;
  return prefix === most ? ipaddr.parse(address).toString() : `${ipaddr.parse(address)}/${prefix}`;
}

function outOf(context: IpContext, wanted: Wanted): Netdev {
  const { state } = context.call;
  const given = netdevAt(state, wanted.ifindex);
  if (given) {
    if (!given.up) throw new Refusal('ENETDOWN', 'Device for nexthop is not up');
    return given;
  }
  if (wanted.via === '') throw new Refusal('ENODEV');
  const hop = connected(state, context.ns).find(
    (r) => r.family === wanted.family && contains(r.dst, wanted.via),
  );
  const netdev = hop && netdevAt(state, hop.ifindex);
  if (!netdev) throw new Refusal('ENETUNREACH', 'Nexthop has invalid gateway');
  return netdev;
}

function isSame(a: Route, b: Wanted): boolean {
  return a.ns === b.ns && a.family === b.family && a.dst === b.dst && a.metric === b.metric;
}

function add(context: IpContext, wanted: Wanted): void {
  const { state } = context.call;
  const netdev = outOf(context, wanted);
  if (state.routes.some((r) => isSame(r, wanted))) throw new Refusal('EEXIST');
  state.routes.push({ ...wanted, ifindex: netdev.ifindex });
}

function replace(context: IpContext, wanted: Wanted): void {
  const { state } = context.call;
  const netdev = outOf(context, wanted);
  state.routes = state.routes.filter((r) => !isSame(r, wanted));
  state.routes.push({ ...wanted, ifindex: netdev.ifindex });
}

function remove(context: IpContext, wanted: Wanted): void {
  const { state } = context.call;
  const found = state.routes.find(
    (r) =>
      r.ns === wanted.ns &&
      r.family === wanted.family &&
      r.dst === wanted.dst &&
      (wanted.via === '' || r.via === wanted.via) &&
      (wanted.ifindex === 0 || r.ifindex === wanted.ifindex),
  );
  if (!found) throw new Refusal('ESRCH');
  state.routes = state.routes.filter((r) => r !== found);
}

/** The routes that addresses bring with them while their netdev is up. */
function connected(state: SimState, ns: string): readonly Route[] {
  return state.netdevs
    .filter((n) => n.ns === ns && n.up && n.kind !== 'loopback')
    .flatMap((n) =>
      n.addresses
        .filter((a) => a.prefix < (a.family === 4 ? 32 : 128))
        .map(
          (a): Route => ({
            ns,
            family: a.family,
            dst: network(a.local, a.prefix),
            via: '',
            ifindex: n.ifindex,
            metric: a.family === 6 ? 256 : 0,
            protocol: 'kernel',
            scope: 'link',
            src: a.family === 4 ? a.local : '',
          }),
        ),
    );
}

function network(local: string, prefix: number): string {
  const cidr = `${local}/${prefix}`;
  const base = local.includes(':')
    ? ipaddr.IPv6.networkAddressFromCIDR(cidr)
    : ipaddr.IPv4.networkAddressFromCIDR(cidr);
  return `${base}/${prefix}`;
}

function contains(dst: string, address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (dst === 'default') return true;
  const [base = '', length] = dst.split('/');
  const range = ipaddr.parse(base);
  if (range.kind() !== parsed.kind()) return false;
  return parsed.match(range, length === undefined ? (parsed.kind() === 'ipv4' ? 32 : 128) : Number(length));
}

function allRoutes(context: IpContext): readonly Route[] {
  const { state } = context.call;
  const family = context.family === 6 ? 6 : 4;
  return [...state.routes.filter((r) => r.ns === context.ns), ...connected(state, context.ns)].filter(
    (r) => r.family === family,
  );
}

function shown(context: IpContext, argv: readonly string[]): readonly Route[] {
  const words = new Words(argv);
  let routes = allRoutes(context);
  while (!words.done) {
    const word = words.next();
    if (word === 'dev') {
      const { ifindex } = netdevNamed(context.call.state, context.ns, words.next());
      routes = routes.filter((r) => r.ifindex === ifindex);
    } else if (word === 'table') words.next();
    else {
      const dst = destination(word, context.family === 6 ? 6 : 4);
      routes = routes.filter((r) => r.dst === dst);
    }
  }
  return routes;
}

function print(context: IpContext, routes: readonly Route[]): Reply {
  const { state } = context.call;
  const records = routes.map((route) => {
    const netdev = netdevAt(state, route.ifindex);
    return {
      dst: route.dst,
      ...(route.via === '' ? {} : { gateway: route.via }),
      dev: netdev?.name ?? '',
      ...(route.protocol === 'boot' ? {} : { protocol: route.protocol }),
      ...(route.scope === 'link' ? { scope: 'link' } : {}),
      ...(route.src === '' ? {} : { prefsrc: route.src }),
      ...(route.metric === 0 ? {} : { metric: route.metric }),
      flags: netdev && !hasCarrier(state, netdev) ? ['linkdown'] : [],
    };
  });
  if (context.json) return said(printJson(context, records));
  return said(records.map(routeText).join(''));
}

function routeText(record: {
  readonly dst: string;
  readonly flags: readonly string[];
  readonly [key: string]: unknown;
}): string {
  const names = {
    gateway: 'via',
    dev: 'dev',
    protocol: 'proto',
    scope: 'scope',
    prefsrc: 'src',
    metric: 'metric',
  };
  const words = Object.entries(names).flatMap(([key, name]) =>
    record[key] === undefined ? [] : [`${name} ${record[key]}`],
  );
  return `${[record.dst, ...words, ...record.flags].join(' ')} \n`;
}

/** The longest prefix that holds the address (longer ones first), then the lower metric. */
function get(context: IpContext, address: string): Reply {
  const { state } = context.call;
  if (address === '') return failed(1, 'need at least a destination address\n');
  if (address === '') return failed(1, 'need at least a destination address\n');
  if (!ipaddr.isValid(address))
    return failed(1, `Error: any valid prefix is expected rather than "${address}".\n`);
  const own = state.netdevs.some((n) => n.ns === context.ns && n.addresses.some((a) => a.local === address));
  const six = address.includes(':');
  const length = (r: Route) => (r.dst === 'default' ? -1 : Number(r.dst.split('/')[1] ?? 128));
  const [best] = [...allRoutes({ ...context, family: six ? 6 : 4 })]
    .filter((r) => contains(r.dst, address))
    .sort((a, b) => length(b) - length(a) || a.metric - b.metric);
  if (!best && !own) throw new Refusal('ENETUNREACH');
  const netdev = netdevAt(state, best?.ifindex ?? 0);
  const prefsrc = netdev?.addresses.find((a) => a.family === (six ? 6 : 4))?.local ?? address;
  const via = best?.via ? { gateway: best.via } : {};
  const record = own
    ? {
        type: 'local',
        dst: address,
        dev: 'lo',
        prefsrc: address,
        flags: [],
        uid: state.uid,
        cache: ['local'],
      }
    : { dst: address, ...via, dev: netdev?.name ?? '', prefsrc, flags: [], uid: state.uid, cache: [] };
  if (context.json) return said(printJson(context, [record]));
  const hop = best?.via && !own ? `via ${best.via} ` : '';
  return said(
    `${own ? 'local ' : ''}${address} ${hop}dev ${record.dev} src ${record.prefsrc} uid ${state.uid} \n    cache ${own ? '<local> ' : ''}\n`,
  );
}
