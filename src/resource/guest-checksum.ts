import type { HostSpec } from '../model/host-spec.ts';
import { laneAt, lanePlace, localLanes } from './guest-place.ts';
import { nothing, type Resource } from './resource.ts';

/**
 * Whether a lane leaves the checksums of what it sends to the NIC. A veth has no hardware to fill them in, and the
 * userspace datapath reads the packets as they are: if it does, every TCP connection between guests hangs (seen on Open vSwitch
 * 3.1). Only the guest's end matters.
 */
export const guestChecksum: Resource = {
  kind: 'guest-checksum',
  timeoutMs: 5_000,
  attribute: true,
  fresh: true,
  wanted: (spec) => copiedLanes(spec).map((at) => ({ at, value: false })),
  there: ({ checksums }) => Object.entries(checksums ?? {}).map(([at, value]) => ({ at, value })),
  standsOn: (at) => [`guest-veth ${at}`],
  move: (at, _from, to) => {
    const { namespace, ifName } = lanePlace(at);
    const inside = namespace === null ? [] : ['ip', 'netns', 'exec', namespace];
    const command = [...inside, 'ethtool', '-K', ifName, 'tx', to === true ? 'on' : 'off'];
    return to === null ? nothing : { actions: [{ run: command }] };
  },
  // ethtool ends with an error if the kernel has not complied; the look at the end reads it back.
  settled: () => [],
  together: (at) => lanePlace(at).namespace ?? '',
  why: () =>
    'Have the guest compute its checksums itself: nothing after it would, and no TCP connection would come about.',
};

/** Ends of veth pairs whose frames the userspace datapath reads. */
export function copiedLanes(spec: HostSpec): readonly string[] {
  const bridges = spec.overlay?.bridges ?? [];
  const copied = new Set(
    bridges.flatMap(({ datapathType, network }) => (datapathType === 'netdev' ? [network] : [])),
  );
  return localLanes(spec)
    .filter(({ lane }) => lane.veth !== undefined && copied.has(lane.network))
    .map(({ lane, namespace }) => laneAt(namespace, lane.bond));
}
