import type { Endpoint } from './endpoint.ts';
import { nameOf } from './endpoint.ts';

/** Which two ends an operator wants; whatever is not named is chosen. */
export interface PairWanted {
  readonly network?: string;
  /** Guests, `web` or `web/storage`. */
  readonly from?: string;
  readonly to?: string;
}

/** Two guests of one network: on two hosts where there are such, in the order of the file. */
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
