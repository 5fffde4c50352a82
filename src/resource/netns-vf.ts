import type { Json } from '../model/json.ts';
import type { Action } from '../model/plan.ts';
import { ipIn, laneAt, lanePlace, localLanes, placedIn, standsInNamespace } from './guest-place.ts';
import { vfAt, vfPlace } from './place.ts';
import type { Resource } from './resource.ts';

/**
 * A VF's netdev under its lane's name, in its guest's namespace. `at` is `namespace/name`, the value the VF
 * (`0000:03:00.0/3`). A VF held elsewhere under that name is another value.
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
  move: (at, from, to) => ({ actions: [...takeOut(at, from), ...putIn(at, to)] }),
  settled: (at, to) => {
    if (to === null) return [];
    const { namespace, ifName } = lanePlace(at);
    return [
      { query: [...ipIn(namespace), '-j', 'link', 'show'], at: [`ifname=${ifName}`, 'ifname'], is: ifName },
    ];
  },
  takes: (at, from) => {
    const { namespace } = lanePlace(at);
    return from === null || namespace === null ? undefined : { guest: namespace };
  },
  together: (at) => lanePlace(at).namespace ?? '',
  why: (_from, to) =>
    to === null
      ? 'Take the VFs back from the guest.'
      : 'Hand the VFs to the guest, under the names of its lanes.',
};

/**
 * The namespace of process 1 is the host's own, where the lanes of several guests would have one name. As a path: a plain
 * `1` is a guest of that name first, and a process after (iproute2, ip/iplink.c and lib/namespace.c).
 */
function takeOut(at: string, from: Json): readonly Action[] {
  const { namespace, ifName } = lanePlace(at);
  if (typeof from !== 'string' || namespace === null) return [];
  const target = ['netns', '/proc/1/ns/net', 'name', spareName(from)];
  return [{ run: ['ip', '-n', namespace, 'link', 'set', 'dev', ifName, ...target] }];
}

/** `0000:03:00.1/12` → `vf03001v12`: of one VF only, and of at most 15 characters. */
function spareName(vf: string): string {
  const { pf, index } = vfPlace(vf);
  return `vf${pf.replace(/^0000:/, '').replace(/[:.]/g, '')}v${index}`;
}

function putIn(at: string, to: Json): readonly Action[] {
  if (typeof to !== 'string') return [];
  const { namespace, ifName } = lanePlace(at);
  const netdev = [{ netdevOf: [{ vf: vfPlace(to) }] }];
  const target = namespace === null ? [] : ['netns', namespace];
  return [
    // udev renames a new netdev a moment after it appears; a rename in between would make the name stale.
    { run: ['udevadm', 'settle', '--timeout=10'] },
    { run: ['ip', 'link', 'set', 'dev', netdev, 'down'] },
    { run: ['ip', 'link', 'set', 'dev', netdev, ...target, 'name', ifName] },
  ];
}
