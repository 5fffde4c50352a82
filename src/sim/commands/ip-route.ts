import ipaddr from 'ipaddr.js';
import { Failure, Refusal } from '../errno.ts';
import {
  addRoute,
  network,
  removeRoute,
  replaceRoute,
  routesIn,
  tableOf,
  type WantedRoute,
} from '../routes.ts';
import type { Route, SimState } from '../state.ts';
import { type IpContext, netdevNamed } from './ip-context.ts';
import { failed, type Reply, silent } from './program.ts';
import { getRoute } from './route-get.ts';
import { printRoutes } from './route-print.ts';
import { own, unsigned, Words } from './words.ts';

/** `ip route`: static routes, and those of addresses. */
export function ipRoute(context: IpContext, argv: readonly string[]): Reply {
  const [verb = 'show', ...rest] = argv;
  if (['show', 'list', 'lst', 'ls'].includes(verb)) return show(context, rest);
  if (verb === 'get') return getRoute(context, rest[0] ?? '');
  const act = own(verbs, verb);
  if (!act) return failed(255, `Command "${verb}" is unknown, try "ip route help".\n`);
  const asked = parse(context, rest);
  if (context.call.state.uid !== 0) throw new Refusal('EPERM');
  act(context.call.state, asked);
  return silent;
}

interface Asked {
  readonly route: WantedRoute;
  /** The words present on the command line. */
  readonly words: ReadonlySet<string>;
}

type Verb = (state: SimState, asked: Asked) => void;

const add: Verb = (state, { route }) => addRoute(state, route);
const replace: Verb = (state, { route }) => replaceRoute(state, route);
const remove: Verb = (state, { route, words }) => removeRoute(state, route, words);
const verbs: { readonly [verb: string]: Verb | undefined } = {
  add,
  replace,
  change: replace,
  del: remove,
  delete: remove,
};

const valued = ['via', 'dev', 'src', 'metric', 'proto', 'table', 'scope', 'mtu', 'initcwnd'];

function parse(context: IpContext, argv: readonly string[]): Asked {
  const words = new Words(argv);
  if (words.peek() === 'to') words.next();
  const dst = words.next();
  const found = new Map<string, string>();
  while (!words.done) {
    const word = words.next();
    if (valued.includes(word)) found.set(word, words.next());
    else if (word === 'onlink') found.set(word, '');
    else throw new Failure(255, `Error: either "to" is duplicate, or "${word}" is a garbage.\n`);
  }
  return { route: routeOf(context, dst, found), words: new Set(found.keys()) };
}

function routeOf(context: IpContext, to: string, found: ReadonlyMap<string, string>): WantedRoute {
  const of = (word: string) => found.get(word) ?? '';
  // `default` has no family of its own: the gateway decides.
  const address = to === 'default' ? of('via') : to;
  const family = context.family === 6 || (context.family === 0 && address.includes(':')) ? 6 : 4;
  const dst = destination(context, to, family);
  const via = found.has('via') ? gateway(of('via'), family) : '';
  const dev = of('dev') === '' ? undefined : netdevNamed(context.call.state, context.ns, of('dev'));
  const usual = family === 6 ? 1024 : 0;
  const metric = found.has('metric') ? unsigned(of('metric'), 'metric') : usual;
  return {
    ns: context.ns,
    family,
    dst,
    via,
    ifindex: dev?.ifindex ?? 0,
    metric,
    protocol: found.has('proto') ? protocol(of('proto')) : 'boot',
    scope: via === '' ? 'link' : 'global',
    src: of('src'),
    ...(found.has('table') && of('table') !== '254' ? { table: of('table') } : {}),
    ...(found.has('onlink') ? { onlink: true } : {}),
  };
}

function gateway(word: string, family: 4 | 6): string {
  const fits = family === 4 ? ipaddr.IPv4.isValidFourPartDecimal(word) : ipaddr.IPv6.isValid(word);
  if (fits) return ipaddr.parse(word).toString();
  throw new Failure(
    1,
    `Error: ${family === 4 ? 'inet' : 'inet6'} address is expected rather than "${word}".\n`,
  );
}

/** The first lines of /etc/iproute2/rt_protos. */
const protocols: { readonly [number: string]: string | undefined } = {
  '2': 'kernel',
  '3': 'boot',
  '4': 'static',
  '9': 'ra',
  '16': 'dhcp',
};

function protocol(word: string): string {
  if (/^\d+$/.test(word)) return protocols[word] ?? word;
  if (Object.values(protocols).includes(word)) return word;
  throw new Failure(255, `Error: argument "${word}" is wrong: "protocol" value is invalid\n\n`);
}

/** IPv4 refuses bits beyond the prefix (fib_frontend.c), IPv6 clears them. */
function destination(context: IpContext, word: string, family: 4 | 6): string {
  if (word === 'default' || word === '0.0.0.0/0' || word === '::/0') return 'default';
  const [address = '', length] = word.split('/');
  const what = context.family === 0 ? 'any valid' : family === 4 ? 'inet' : 'inet6';
  const bad = new Failure(1, `Error: ${what} prefix is expected rather than "${word}".\n`);
  const fits = family === 4 ? ipaddr.IPv4.isValidFourPartDecimal(address) : ipaddr.IPv6.isValid(address);
  const most = family === 4 ? 32 : 128;
  const prefix = length === undefined ? most : Number(length);
  if (!fits || length === '' || !Number.isInteger(prefix) || prefix > most || prefix < 0) throw bad;
  if (prefix === most) return ipaddr.parse(address).toString();
  const net = network(address, prefix);
  if (family === 4 && net !== `${ipaddr.parse(address)}/${prefix}`)
    throw new Refusal('EINVAL', 'Invalid prefix for given prefix length');
  return net;
}

function show(context: IpContext, argv: readonly string[]): Reply {
  const words = new Words(argv);
  const fixed = new Set<'dev' | 'proto'>();
  const filters: ((route: Route) => boolean)[] = [];
  let table = 'main';
  while (!words.done) {
    const word = words.next();
    if (word === 'table') table = words.next().replace(/^254$/, 'main');
    else if (word === 'dev') {
      const { ifindex } = netdevNamed(context.call.state, context.ns, words.next());
      filters.push((r) => r.ifindex === ifindex);
      fixed.add('dev');
    } else if (word === 'proto') {
      const wanted = protocol(words.next());
      filters.push((r) => r.protocol === wanted);
      fixed.add('proto');
    } else filters.push(toward(context, ['to', 'exact', 'root'].includes(word) ? words.next() : word));
  }
  return dump(context, table, filters, fixed);
}

function toward(context: IpContext, word: string): (route: Route) => boolean {
  const dst = destination(context, word, context.family === 6 ? 6 : 4);
  return (route) => route.dst === dst;
}

function dump(
  context: IpContext,
  table: string,
  filters: readonly ((route: Route) => boolean)[],
  fixed: ReadonlySet<'dev' | 'proto'>,
): Reply {
  const { state } = context.call;
  const family = context.family === 6 ? 6 : 4;
  const isThere = table === 'main' || state.routes.some((r) => r.family === family && tableOf(r) === table);
  if (!isThere) return failed(2, `Error: ipv${family}: FIB table does not exist.\nDump terminated\n`);
  const routes = routesIn(state, context.ns, family, table).filter((r) => filters.every((fits) => fits(r)));
  return printRoutes(context, routes, fixed);
}
