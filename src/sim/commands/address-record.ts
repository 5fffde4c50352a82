import { kernelOf } from '../functions.ts';
import { hasLinkLocal } from '../link-local.ts';
import { contains, network } from '../routes.ts';
import type { Address, Netdev } from '../state.ts';
import type { IpContext } from './ip-context.ts';
import type { Fields } from './link-record.ts';

interface Shown extends Fields {
  readonly family: string;
}

/** `addr_info`, with the link-local address that the kernel adds. */
export function addressRecords(context: IpContext, netdev: Netdev): readonly Shown[] {
  const { state } = context.call;
  const forever = { valid_life_time: 4294967295, preferred_life_time: 4294967295 };
  const own = shown(netdev).map((a) => ({
    family: a.family === 4 ? 'inet' : 'inet6',
    local: a.local,
    prefixlen: a.prefix,
    scope: a.scope,
    ...(isSecondary(netdev, a) ? { secondary: true } : {}),
    ...(a.nodad ? { nodad: true } : {}),
    ...(a.family === 4 ? { label: a.label } : {}),
    ...forever,
  }));
  const kernel = kernelOf(state).debian >= 13 ? { protocol: 'kernel_ll' } : {};
  const loopback = netdev.kind === 'loopback';
  const local = hasLinkLocal(state, netdev)
    ? [
        {
          family: 'inet6',
          local: linkLocal(netdev.mac),
          prefixlen: 64,
          scope: 'link',
          ...kernel,
          ...forever,
        },
      ]
    : [];
  const family = context.family === 0 ? undefined : context.family === 4 ? 'inet' : 'inet6';
  return [...(loopback && netdev.up ? loopbackAddresses(context, forever) : []), ...own, ...local].filter(
    (record) => family === undefined || record.family === family,
  );
}

/** IPv6 addresses come newest first within each scope (addrconf.c, ipv6_link_dev_addr). */
function shown(netdev: Netdev): readonly Address[] {
  const six = netdev.addresses.filter((a) => a.family === 6).reverse();
  const wide = six.filter((a) => a.scope !== 'link');
  return [
    ...netdev.addresses.filter((a) => a.family === 4),
    ...wide,
    ...six.filter((a) => a.scope === 'link'),
  ];
}

/** Whether there was an earlier one of the same subnet (devinet.c, IFA_F_SECONDARY). */
function isSecondary(netdev: Netdev, address: Address): boolean {
  const first = netdev.addresses.find(
    (a) =>
      a.family === 4 && a.prefix === address.prefix && contains(network(a.local, a.prefix), address.local),
  );
  return address.family === 4 && first !== address;
}

function loopbackAddresses(context: IpContext, forever: Fields): readonly Shown[] {
  const newer = kernelOf(context.call.state).debian >= 13;
  // systemd sets the host's own ::1, the kernel a namespace's.
  const origin = context.ns === '' ? { noprefixroute: true } : { protocol: 'kernel_lo' };
  const head = { local: '::1', prefixlen: 128, scope: 'host', ...(newer ? origin : {}) };
  return [
    { family: 'inet', local: '127.0.0.1', prefixlen: 8, scope: 'host', label: 'lo', ...forever },
    { family: 'inet6', ...head, ...forever },
  ];
}

/** EUI-64 (RFC 4291, appendix A). */
function linkLocal(mac: string): string {
  const o = mac.split(':').map((octet) => Number.parseInt(octet, 16));
  const group = (high = 0, low = 0) => ((high << 8) | low).toString(16);
  const groups = [group((o[0] ?? 0) ^ 2, o[1]), group(o[2], 0xff), group(0xfe, o[3]), group(o[4], o[5])];
  return groups[0] === '0' ? `fe80::${groups.slice(1).join(':')}` : `fe80::${groups.join(':')}`;
}
