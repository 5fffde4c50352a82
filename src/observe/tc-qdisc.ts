import type { HostReader } from '../host/host.ts';
import type { Qdisc } from '../model/survey.ts';
import type { Seen } from '../model/unseen.ts';
import { seen } from './look.ts';

/** One process for all netdevs. */
export function observeQdiscs(reader: HostReader): Promise<Seen<readonly Qdisc[]>> {
  return seen(async () => parseQdiscs((await reader.query(['tc', '-j', 'qdisc', 'show'])).stdout));
}

/** Parses `tc -j qdisc show` (iproute2 6.1 to 6.15, tc/tc_qdisc.c). @throws SyntaxError, TypeError on any other text */
export function parseQdiscs(stdout: string): readonly Qdisc[] {
  const parsed: unknown = JSON.parse(stdout.trim() === '' ? '[]' : stdout);
  if (!Array.isArray(parsed)) throw new TypeError('tc -j printed no list');
  return parsed.flatMap((entry: unknown) => {
    const { dev, kind, ingress_block: block } = (entry ?? {}) as { readonly [key: string]: unknown };
    if (typeof dev !== 'string' || typeof kind !== 'string') return [];
    return [{ netdev: dev, kind, block: typeof block === 'number' ? block : undefined }];
  });
}
