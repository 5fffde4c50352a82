import type { Endpoint } from './endpoint.ts';
import { nameOf } from './endpoint.ts';

/** The two ends that an operator wants; whatever is not named is chosen. */
export interface PairWanted {
  readonly network?: string;
  /** Guests, `web` or `web/storage`, or hosts by their underlay, `host:alpha`. */
  readonly from?: string;
  readonly to?: string;
}

/** Two guests of one network: on two hosts if possible, in the order of the file. */
export function choosePair(
  endpoints: readonly Endpoint[],
  wanted: PairWanted,
): readonly [Endpoint, Endpoint] | undefined {
  const able = endpoints.filter(({ addresses, network }) => {
    return addresses.length > 0 && (wanted.network === undefined || network === wanted.network);
  });
  const pairs = able
    .filter((end) => isNamed(end, wanted.from))
    .flatMap((from) =>
      able
        .filter((end) => isNamed(end, wanted.to) && end.network === from.network && end.guest !== from.guest)
        .map((to) => [from, to] as const),
    );
  return pairs.find(([from, to]) => from.host !== to.host) ?? pairs[0];
}

function isNamed(end: Endpoint, name: string | undefined): boolean {
  return name === undefined || name === end.guest || name === nameOf(end);
}

/** An address of each, of one family. */
export function addressesBetween(from: Endpoint, to: Endpoint): readonly [string, string] | undefined {
  for (const isOf of [(text: string) => !text.includes(':'), (text: string) => text.includes(':')]) {
    const [left, right] = [from.addresses.find(isOf), to.addresses.find(isOf)];
    if (left !== undefined && right !== undefined) return [left, right];
  }
  return undefined;
}

const ofHost = 'host:';

/** Whether hosts are to be measured, rather than guests. */
export function wantsHosts({ from = '', to = '' }: PairWanted): boolean {
  return from.startsWith(ofHost) || to.startsWith(ofHost);
}

/** Two hosts; the one that is not named is the first other one. */
export function chooseHosts(
  endpoints: readonly Endpoint[],
  { from, to }: PairWanted,
): readonly [Endpoint, Endpoint] | undefined {
  const named = (end: Endpoint, name: string | undefined) =>
    name === undefined || name === `${ofHost}${end.host}`;
  return endpoints
    .filter((end) => named(end, from))
    .flatMap((left) =>
      endpoints
        .filter((end) => named(end, to) && end.host !== left.host)
        .map((right) => [left, right] as const),
    )
    .at(0);
}
