import { isUnseen } from '../model/unseen.ts';
import { laneAt, lanePlace, localLanes, placedIn, standsInNamespace } from './guest-place.ts';
import { nothing, type Resource } from './resource.ts';

/** The host's end of the pair, and the guest's MAC. */
type Pair = { readonly port: string; readonly mac: string };

/**
 * Without a card: a veth pair, one end in the guest under its lane's name, the other as a port of its network's bridge. The
 * alias of the host's end says whose it is, because a veth does not name its peer.
 */
export const guestVeth: Resource = {
  kind: 'guest-veth',
  timeoutMs: 10_000,
  made: true,
  wanted: (spec) =>
    localLanes(spec).flatMap(({ lane, namespace }) =>
      lane.veth ? [{ at: laneAt(namespace, lane.bond), value: { ...lane.veth } }] : [],
    ),
  there: (state) => {
    const hostEnds = isUnseen(state.links) ? [] : state.links.filter(({ kind }) => kind === 'veth');
    return placedIn(state, (links, namespace) =>
      links.flatMap((link) => {
        const at = laneAt(namespace, link.name);
        const port = hostEnds.find(({ alias }) => pairOf(alias) === at)?.name;
        return port === undefined ? [] : [{ at, value: { port, mac: link.mac } }];
      }),
    );
  },
  standsOn: (at) => standsInNamespace(lanePlace(at).namespace),
  replaced: () => true,
  move: (at, from, to) => {
    const batch = [...takeDown(from as Pair | null), ...putUp(at, to as Pair | null)];
    return batch.length === 0 ? nothing : { batch };
  },
  settled: (_at, to) => {
    if (to === null) return [];
    const { port } = to as Pair;
    return [{ query: ['ip', '-j', '-d', 'link', 'show'], at: [`ifname=${port}`, 'ifname'], is: port }];
  },
  takes: (at, from) => {
    const { namespace } = lanePlace(at);
    if (from === null) return undefined;
    return namespace === null ? { lane: at } : { guest: namespace };
  },
  why: (_from, to) =>
    to === null ? 'Remove the guests’ veth pairs.' : 'Connect each guest to the host by a veth pair.',
};

const mark = 'vflane:';

export function aliasOf(at: string): string {
  return `${mark}${at}`;
}

/** The pair that a host's end belongs to by its alias: `web/storage`; undefined if it is not vflane's. */
export function pairOf(alias: string | undefined): string | undefined {
  return alias?.startsWith(mark) ? alias.slice(mark.length) : undefined;
}

function takeDown(pair: Pair | null): readonly string[] {
  return pair === null ? [] : [`link del dev ${pair.port}`];
}

function putUp(at: string, pair: Pair | null): readonly string[] {
  if (pair === null) return [];
  const { namespace, ifName } = lanePlace(at);
  const inside = namespace === null ? '' : ` netns ${namespace}`;
  return [
    `link add name ${pair.port} type veth peer name ${ifName} address ${pair.mac}${inside}`,
    `link set dev ${pair.port} alias ${aliasOf(at)}`,
  ];
}
