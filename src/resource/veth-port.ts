import { isUnseen } from '../model/unseen.ts';
import { laneAt, localLanes } from './guest-place.ts';
import { pairOf } from './guest-veth.ts';
import { linkLine, linkProbes } from './link-settings.ts';
import { nothing, type Resource } from './resource.ts';

type Port = {
  /** The pair it belongs to: `web/storage`. */
  readonly of: string;
  readonly mtu: number;
  readonly up: boolean;
};

/** The host's end of a guest's veth pair: its MTU in bytes, and whether it is up. `at` is its name. */
export const vethPort: Resource = {
  kind: 'veth-port',
  timeoutMs: 10_000,
  attribute: true,
  wanted: (spec) =>
    localLanes(spec).flatMap(({ lane, namespace }) => {
      const value = { of: laneAt(namespace, lane.bond), mtu: lane.mtu, up: true };
      return lane.veth ? [{ at: lane.veth.port, value }] : [];
    }),
  there: ({ links }) =>
    isUnseen(links)
      ? [{ at: '*', value: links }]
      : links
          .filter(({ kind }) => kind === 'veth')
          .flatMap(({ name, alias, mtu, up }) => {
            const of = pairOf(alias);
            return of === undefined ? [] : [{ at: name, value: { of, mtu, up } }];
          }),
  standsOn: (_at, value) => (value === null ? [] : [`guest-veth ${(value as Port).of}`]),
  move: (at, _from, to) => (to === null ? nothing : { batch: [linkLine(at, to as Port)] }),
  settled: (at, to) => (to === null ? [] : linkProbes(at, to as Port)),
  why: () => 'Bring the host’s ends up, with the MTU of their networks.',
};
