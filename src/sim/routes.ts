import ipaddr from 'ipaddr.js';
import { Refusal } from './errno.ts';
import { hasLinkLocal } from './link-local.ts';
import { netdevAt } from './netdevs.ts';
import type { Netdev, Route, SimState } from './state.ts';

/** A requested route; ifindex 0 if no netdev was named. */
export type WantedRoute = Route;

export function tableOf(route: Route): string {
  return route.table ?? 'main';
}

/** The routes that come with addresses while their netdev is up. */
export function connected(state: SimState, ns: string): readonly Route[] {
  const up = state.netdevs.filter((n) => n.ns === ns && n.up && n.kind !== 'loopback');
  const all = up.flatMap((netdev) => [
    ...netdev.addresses
      .filter((a) => a.prefix < (a.family === 4 ? 32 : 128))
      .map((a) => connectedRoute(netdev, a.family, network(a.local, a.prefix), a.local)),
    ...(hasLinkLocal(state, netdev) ? [connectedRoute(netdev, 6, 'fe80::/64', '')] : []),
  ]);
  return all.filter((r, i) => all.findIndex((o) => o.dst === r.dst && o.ifindex === r.ifindex) === i);
}

function connectedRoute(netdev: Netdev, family: 4 | 6, dst: string, local: string): Route {
  const { ns, ifindex } = netdev;
  const [metric, src] = family === 6 ? [256, ''] : [0, local];
  return { ns, family, dst, via: '', ifindex, metric, protocol: 'kernel', scope: 'link', src };
}

export function network(local: string, prefix: number): string {
  const cidr = `${local}/${prefix}`;
  const { IPv4, IPv6 } = ipaddr;
  const base = local.includes(':') ? IPv6.networkAddressFromCIDR(cidr) : IPv4.networkAddressFromCIDR(cidr);
  return `${base}/${prefix}`;
}

export function contains(dst: string, address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (dst === 'default') return true;
  const [base = '', length] = dst.split('/');
  const range = ipaddr.parse(base);
  if (range.kind() !== parsed.kind()) return false;
  return parsed.match(range, Number(length ?? (parsed.kind() === 'ipv4' ? 32 : 128)));
}

/** Routes of one family in the order of the kernel's table: by destination, then by metric; IPv6's default comes last. */
export function routesIn(state: SimState, ns: string, family: 4 | 6, table = 'main'): readonly Route[] {
  const own = state.routes.filter((r) => r.ns === ns && tableOf(r) === table);
  const all = [...own, ...(table === 'main' ? connected(state, ns) : [])].filter((r) => r.family === family);
  const key = (r: Route) => (r.dst === 'default' ? (family === 4 ? '' : 'z') : sortable(r.dst));
  return all.sort((a, b) => compare(key(a), key(b)) || a.metric - b.metric);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sortable(dst: string): string {
  const bytes = ipaddr.parse(dst.split('/')[0] ?? '').toByteArray();
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The netdev a route leaves through; refused if its next hop cannot be reached there (fib_semantics.c, route.c of IPv6). */
function outOf(state: SimState, wanted: WantedRoute): Netdev {
  const given = netdevAt(state, wanted.ifindex);
  if (wanted.via === '') return outOfNetdev(given);
  if (given && wanted.onlink && given.up) return given;
  const isOwn = (n: Netdev) => n.ns === wanted.ns && n.addresses.some((a) => a.local === wanted.via);
  if (wanted.family === 6 && state.netdevs.some(isOwn))
    throw new Refusal('EINVAL', 'Gateway can not be a local address');
  const hop = connected(state, wanted.ns).find(
    (r) =>
      r.family === wanted.family && contains(r.dst, wanted.via) && (!given || r.ifindex === given.ifindex),
  );
  const netdev = netdevAt(state, hop?.ifindex ?? 0);
  if (netdev) return netdev;
  if (wanted.family === 6) throw new Refusal('EHOSTUNREACH');
  throw new Refusal('ENETUNREACH', 'Nexthop has invalid gateway');
}

function outOfNetdev(given: Netdev | undefined): Netdev {
  if (!given) throw new Refusal('ENODEV');
  if (!given.up) throw new Refusal('ENETDOWN', 'Device for nexthop is not up');
  return given;
}

function isSame(a: Route, b: WantedRoute): boolean {
  const sameTable = tableOf(a) === tableOf(b);
  return a.ns === b.ns && a.family === b.family && a.dst === b.dst && a.metric === b.metric && sameTable;
}

export function addRoute(state: SimState, wanted: WantedRoute): void {
  const netdev = outOf(state, wanted);
  if (state.routes.some((r) => isSame(r, wanted))) throw new Refusal('EEXIST');
  state.routes.push({ ...wanted, ifindex: netdev.ifindex });
}

export function replaceRoute(state: SimState, wanted: WantedRoute): void {
  const netdev = outOf(state, wanted);
  state.routes = state.routes.filter((r) => !isSame(r, wanted));
  state.routes.push({ ...wanted, ifindex: netdev.ifindex });
}

/** Removes the first route that matches; what was not given matches every route. */
export function removeRoute(state: SimState, wanted: WantedRoute, asked: ReadonlySet<string>): void {
  const fits = (r: Route) =>
    r.ns === wanted.ns &&
    r.family === wanted.family &&
    r.dst === wanted.dst &&
    tableOf(r) === tableOf(wanted) &&
    (wanted.via === '' || r.via === wanted.via) &&
    (wanted.ifindex === 0 || r.ifindex === wanted.ifindex) &&
    (!asked.has('metric') || r.metric === wanted.metric) &&
    (!asked.has('proto') || r.protocol === wanted.protocol);
  const found = [...state.routes].sort((a, b) => a.metric - b.metric).find(fits);
  if (!found) throw new Refusal('ESRCH');
  state.routes = state.routes.filter((r) => r !== found);
}

/**
 * After an address is removed: with its last IPv4 address a netdev loses all its IPv4 routes, else those that have the
 * address as their source (fib_frontend.c, fib_inetaddr_event); IPv6 routes stay. `local` is empty if all went at once.
 */
export function forgetAddress(state: SimState, netdev: Netdev, local: string): void {
  const isLast = !netdev.addresses.some((a) => a.family === 4);
  state.routes = state.routes.filter(
    (r) => r.family === 6 || !((local !== '' && r.src === local) || (isLast && r.ifindex === netdev.ifindex)),
  );
}
