import ipaddr from 'ipaddr.js';
import type { Netdev, SimState } from '../state.ts';

/** The netdev through which the host reaches an address: the longest prefix among its addresses and routes. */
export function connectedNetdev(state: SimState, address: string): Netdev | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  const up = state.netdevs.filter((n) => n.ns === '' && n.up);
  const own = up.flatMap((netdev) =>
    netdev.addresses.map((a) => ({ netdev, dst: `${a.local}/${a.prefix}` })),
  );
  const routed = state.routes
    .filter((route) => route.ns === '')
    .flatMap((route) => {
      const netdev = up.find((n) => n.ifindex === route.ifindex);
      const all = route.family === 6 ? '::/0' : '0.0.0.0/0';
      return netdev ? [{ netdev, dst: route.dst === 'default' ? all : route.dst }] : [];
    });
  const length = (dst: string) => Number(dst.split('/')[1] ?? 128);
  return [...own, ...routed]
    .filter(({ dst }) => holds(dst, address))
    .sort((a, b) => length(b.dst) - length(a.dst))[0]?.netdev;
}

function holds(dst: string, address: string): boolean {
  const parsed = ipaddr.parse(address);
  const [base = '', length] = dst.split('/');
  const range = ipaddr.parse(base);
  return (
    range.kind() === parsed.kind() &&
    parsed.match(range, Number(length ?? (range.kind() === 'ipv4' ? 32 : 128)))
  );
}
