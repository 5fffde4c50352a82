import type { DefaultRoute, HostRoute } from '../model/host-state.ts';

/**
 * Parses `ip -j route show default` of one family. A route that the kernel learned by itself (router advertisement) or
 * that a DHCP client set is left out: nobody configured it.
 * @throws SyntaxError, TypeError on any other text.
 */
export function parseDefaultRoutes(stdout: string): readonly DefaultRoute[] {
  const parsed: unknown = JSON.parse(stdout.trim() === '' ? '[]' : stdout);
  if (!Array.isArray(parsed)) throw new TypeError('ip -j route printed no list');
  return parsed.flatMap((entry: unknown) => {
    const { gateway, dev, metric, protocol } = (entry ?? {}) as { readonly [key: string]: unknown };
    if (typeof gateway !== 'string' || typeof dev !== 'string' || protocol === 'ra' || protocol === 'dhcp')
      return [];
    return [{ gateway, netdev: dev, metric: typeof metric === 'number' ? metric : 0 }];
  });
}

/** The origins of routes that nobody configured: the kernel, a router's advertisement, a DHCP client. */
const learned: ReadonlySet<unknown> = new Set(['kernel', 'ra', 'dhcp']);

/**
 * Parses `ip -j route show` of one family, for the routes with a next hop that somebody configured.
 * @throws SyntaxError, TypeError on any other text.
 */
export function parseHostRoutes(stdout: string, family: 4 | 6): readonly HostRoute[] {
  const parsed: unknown = JSON.parse(stdout.trim() === '' ? '[]' : stdout);
  if (!Array.isArray(parsed)) throw new TypeError('ip -j route printed no list');
  return parsed.flatMap((entry: unknown) => {
    const { dst, gateway, dev, protocol } = (entry ?? {}) as { readonly [key: string]: unknown };
    if (typeof dst !== 'string' || typeof gateway !== 'string' || learned.has(protocol)) return [];
    return [{ to: wholeCidr(dst, family), via: gateway, netdev: typeof dev === 'string' ? dev : '' }];
  });
}

/** `ip` omits the prefix length of a single address, and prints the default route as `default`. */
function wholeCidr(dst: string, family: 4 | 6): string {
  if (dst === 'default') return family === 4 ? '0.0.0.0/0' : '::/0';
  return dst.includes('/') ? dst : `${dst}/${family === 4 ? 32 : 128}`;
}
