import { hasCarrier } from '../carrier.ts';
import { netdevAt } from '../netdevs.ts';
import type { Route } from '../state.ts';
import { type IpContext, printJson } from './ip-context.ts';
import { type Reply, said } from './program.ts';

/** Fields fixed by the command line, which are not printed again (ip/iproute.c, filter). */
export type Fixed = ReadonlySet<'dev' | 'proto'>;

type Printed = ReturnType<typeof record>;

export function printRoutes(context: IpContext, routes: readonly Route[], fixed: Fixed): Reply {
  const records = routes.map((route) => record(context, route, fixed));
  if (context.json) return said(printJson(context, records));
  return said(records.map(routeText).join(''));
}

function record(context: IpContext, route: Route, fixed: Fixed) {
  const { state } = context.call;
  const netdev = netdevAt(state, route.ifindex);
  const linkDown = netdev !== undefined && !hasCarrier(state, netdev);
  return {
    ...(context.details ? { type: 'unicast' } : {}),
    dst: route.dst,
    ...(route.via === '' ? {} : { gateway: route.via }),
    ...(fixed.has('dev') ? {} : { dev: netdev?.name ?? '' }),
    ...(fixed.has('proto') || (route.protocol === 'boot' && !context.details)
      ? {}
      : { protocol: route.protocol }),
    ...(route.family === 4 && (route.scope === 'link' || context.details) ? { scope: route.scope } : {}),
    ...(route.src === '' ? {} : { prefsrc: route.src }),
    ...(route.metric === 0 ? {} : { metric: route.metric }),
    flags: [...(route.onlink ? ['onlink'] : []), ...(linkDown ? ['linkdown'] : [])],
    ...(route.family === 6 ? { pref: 'medium' } : {}),
  };
}

const names = {
  gateway: 'via',
  dev: 'dev',
  protocol: 'proto',
  scope: 'scope',
  prefsrc: 'src',
  metric: 'metric',
};

function routeText(printed: Printed): string {
  const of: { readonly [key: string]: unknown } = printed;
  const words = Object.entries(names).flatMap(([key, name]) =>
    of[key] === undefined ? [] : [`${name} ${of[key]}`],
  );
  const line = [printed.dst, ...words, ...printed.flags].join(' ');
  return of.pref === undefined ? `${line} \n` : `${line} pref medium\n`;
}
