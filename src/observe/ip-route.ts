import type { DefaultRoute } from '../model/host-state.ts';

/**
 * Parses `ip -j route show default` of one family. A route that the kernel learned by itself (router advertisement) or
 * that a DHCP client set is nobody's wish here.
 * @throws SyntaxError, TypeError on text that is none.
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
