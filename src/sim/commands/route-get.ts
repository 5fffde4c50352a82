import ipaddr from 'ipaddr.js';
import { Refusal } from '../errno.ts';
import { netdevAt } from '../netdevs.ts';
import { contains, routesIn } from '../routes.ts';
import type { Netdev, Route } from '../state.ts';
import { type IpContext, printJson } from './ip-context.ts';
import { failed, type Reply, said } from './program.ts';

/** The longest prefix that holds the address (longer ones first), then the lower metric. */
export function getRoute(context: IpContext, address: string): Reply {
  if (address === '') return failed(1, 'need at least a destination address\n');
  if (!ipaddr.isValid(address))
    return failed(1, `Error: any valid prefix is expected rather than "${address}".\n`);
  const { state } = context.call;
  const isOwn = state.netdevs.some(
    (n) => n.ns === context.ns && n.addresses.some((a) => a.local === address),
  );
  const found = isOwn ? ownRecord(context, address) : routedRecord(context, address);
  if (context.json) return said(printJson(context, [found]));
  const hop = 'gateway' in found ? `via ${found.gateway} ` : '';
  const tail = `dev ${found.dev} src ${found.prefsrc} uid ${state.uid}`;
  const cache = isOwn ? '<local> ' : '';
  return said(`${isOwn ? 'local ' : ''}${address} ${hop}${tail} \n    cache ${cache}\n`);
}

function ownRecord({ call }: IpContext, dst: string) {
  const { uid } = call.state;
  return { type: 'local', dst, dev: 'lo', prefsrc: dst, flags: [], uid, cache: ['local'] };
}

function routedRecord(context: IpContext, dst: string) {
  const { state } = context.call;
  const family = dst.includes(':') ? 6 : 4;
  const length = (r: Route) => (r.dst === 'default' ? -1 : Number(r.dst.split('/')[1] ?? 128));
  const [best] = routesIn(state, context.ns, family)
    .filter((r) => contains(r.dst, dst))
    .sort((a, b) => length(b) - length(a) || a.metric - b.metric);
  if (!best) throw new Refusal('ENETUNREACH');
  const netdev = netdevAt(state, best.ifindex);
  const prefsrc = best.src || sourceOf(netdev, family);
  const [dev, hop] = [netdev?.name ?? '', best.via ? { gateway: best.via } : {}];
  if (family === 4) return { dst, ...hop, dev, prefsrc, flags: [], uid: state.uid, cache: [] };
  const { protocol, metric } = best;
  return { dst, from: '::', ...hop, dev, protocol, prefsrc, metric, flags: [], pref: 'medium' };
}

/** Among equals, IPv6 takes the newest address (ipv6_dev_get_saddr), IPv4 the first. */
function sourceOf(netdev: Netdev | undefined, family: 4 | 6): string {
  const own = (netdev?.addresses ?? []).filter((a) => a.family === family);
  return (family === 4 ? own[0] : own.at(-1))?.local ?? '';
}
