import type { GuestSpec, HostSpec, LaneSpec } from '../model/host-spec.ts';
import type { HostState, LinkState } from '../model/host-state.ts';
import type { Json } from '../model/json.ts';
import { isUnseen, type Unseen } from '../model/unseen.ts';
import type { Placed } from './resource.ts';

/** A lane that ends on this host: in the guest's own namespace, or (`null`) in the host's. */
export interface LocalLane {
  readonly guest: GuestSpec;
  readonly lane: LaneSpec;
  readonly namespace: string | null;
}

export function localLanes(spec: HostSpec): readonly LocalLane[] {
  const local = spec.guests.filter((guest) => guest.kind === 'netns' || guest.kind === 'host');
  return local.flatMap((guest) =>
    guest.lanes.map((lane) => ({ guest, lane, namespace: guest.kind === 'netns' ? guest.name : null })),
  );
}

/** `web/storage`, or `/storage` in the host's own namespace; with a third part where there are several. */
export function laneAt(namespace: string | null, ...rest: readonly string[]): string {
  return [namespace ?? '', ...rest].join('/');
}

/** The namespace that an `at` names, and what is in it. */
export function lanePlace(at: string): { readonly namespace: string | null; readonly ifName: string } {
  const slash = at.indexOf('/');
  return { namespace: at.slice(0, slash) || null, ifName: at.slice(slash + 1) };
}

/** Looks through the netdevs of every namespace that was asked about, the host's own included. */
export function placedIn(
  state: HostState,
  look: (links: readonly LinkState[], namespace: string | null) => readonly Placed<Json>[],
): readonly Placed<Json | Unseen>[] {
  const all = [[null, state.links] as const, ...Object.entries(state.namespaces)];
  return all.flatMap(([namespace, links]): readonly Placed<Json | Unseen>[] => {
    if (links === null) return [];
    return isUnseen(links) ? [{ at: laneAt(namespace, '*'), value: links }] : look(links, namespace);
  });
}

/** The keys of the namespace that a thing is in; the host's own always exists. */
export function standsInNamespace(namespace: string | null): readonly string[] {
  return namespace === null ? [] : [`netns ${namespace}`];
}

/** One query for all netdevs there. */
export function linksIn(namespace: string | null): readonly string[] {
  return [...ipIn(namespace), '-j', '-d', 'addr', 'show'];
}

/** `ip`, in that namespace. */
export function ipIn(namespace: string | null): readonly string[] {
  return namespace === null ? ['ip'] : ['ip', '-n', namespace];
}
