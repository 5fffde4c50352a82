import type { Json } from '../model/json.ts';
import { laneAt, lanePlace, linksIn, localLanes, placedIn, standsInNamespace } from './guest-place.ts';
import { vfAt, vfPlace } from './place.ts';
import { type Move, nothing, type Resource } from './resource.ts';
import { settleUdev } from './settle-udev.ts';

/**
 * A VF's netdev under its lane's name, in its guest's namespace. `at` is `namespace/name`, the value the VF
 * (`0000:03:00.0/3`). Another VF under that name is another value.
 */
export const netnsVf: Resource = {
  kind: 'netns-vf',
  timeoutMs: 10_000,
  made: true,
  wanted: (spec) =>
    localLanes(spec).flatMap(({ lane, namespace }) =>
      lane.members.map((member) => ({
        at: laneAt(namespace, member.ifName),
        value: vfAt(member.pf, member.index),
      })),
    ),
  there: (state) => {
    const vfs = new Map(
      state.pfs.flatMap((pf) => pf.vfs.map((vf) => [vf.pci as string, vfAt(pf.pci, vf.index)] as const)),
    );
    return placedIn(state, (links, namespace) =>
      links.flatMap((link) => {
        const vf = link.parentDev === undefined ? undefined : vfs.get(link.parentDev);
        return vf === undefined ? [] : [{ at: laneAt(namespace, link.name), value: vf }];
      }),
    );
  },
  standsOn: (at, value) => [`vf-driver ${value}`, ...standsInNamespace(lanePlace(at).namespace)],
  replaced: () => true,
  move: (at, from, to) => (to === null ? takeOut(at, from) : putIn(at, to)),
  settled: (at, to) => {
    if (to === null) return [];
    const { namespace, ifName } = lanePlace(at);
    return [{ query: linksIn(namespace), at: [`ifname=${ifName}`, 'ifname'], is: ifName }];
  },
  takes: (at, from) => {
    const { namespace } = lanePlace(at);
    return from === null || namespace === null ? undefined : { guest: namespace };
  },
  why: (_from, to) =>
    to === null
      ? 'Take the VFs back from their guests.'
      : 'Move the VFs into their guests’ namespaces, named after their lanes.',
};

/**
 * The namespace of process 1 is the host's own, where lanes of several guests would share a name. It is given as a path: a plain
 * `1` is first taken as the guest of that name, and only then as a process (iproute2, ip/iplink.c and lib/namespace.c).
 */
function takeOut(at: string, from: Json): Move {
  const { namespace, ifName } = lanePlace(at);
  if (typeof from !== 'string' || namespace === null) return nothing;
  return {
    namespace,
    batch: [`link set dev ${ifName} netns /proc/1/ns/net name ${spareName(from)}`],
  };
}

/** `0000:03:00.1/12` → `vf03001v12`: unique to a VF, and at most 15 characters. */
function spareName(vf: string): string {
  const { pf, index } = vfPlace(vf);
  return `vf${pf.replace(/^0000:/, '').replace(/[:.]/g, '')}v${index}`;
}

function putIn(at: string, to: Json): Move {
  const { namespace, ifName } = lanePlace(at);
  const netdev = { netdevOf: [{ vf: vfPlace(`${to}`) }] };
  const target = namespace === null ? '' : `netns ${namespace} `;
  const lines = [
    ['link set dev ', netdev, ' down'],
    ['link set dev ', netdev, ` ${target}name ${ifName}`],
  ];
  return { first: settleUdev, batch: lines };
}
