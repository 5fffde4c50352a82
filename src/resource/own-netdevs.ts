import type { BootDocument } from '../model/boot.ts';
import type { GuestSpec, HostSpec } from '../model/host-spec.ts';

/** Which of a host's netdevs are vflane's: by exact name, or by the permanent MAC. Both sorted. */
export interface OwnNetdevs {
  readonly names: readonly string[];
  readonly macs: readonly string[];
}

/**
 * What vflane makes or names, and what it puts into a bond or bridge of its own; also VFs of guests on this host, for
 * the moment before the guests get them. A port that is in no bond is not among them: it may carry the operator's way in.
 */
export function ownNetdevs(spec: HostSpec): OwnNetdevs {
  const { nics, guests, overlay, underlay } = spec;
  const bundled = [
    ...(underlay?.bond?.members ?? []),
    ...(underlay?.bridge?.members.map(({ name }) => name) ?? []),
  ];
  const made = [
    ...nics.flatMap((nic) => nic.pfs.flatMap((pf) => pf.vfs.flatMap((vf) => vf.representor?.name ?? []))),
    ...(underlay?.bond ? [underlay.bond.name] : []),
    ...(underlay?.vlans ?? []).map(({ name }) => name),
    ...(underlay?.bridge ? [underlay.bridge.name] : []),
    ...(overlay?.bridges ?? []).flatMap(({ name, guestPorts }) => [
      name,
      ...guestPorts.map(({ port }) => port),
    ]),
    ...guests.flatMap(lanesEnds),
  ];
  const ports = (spec.boot?.document as BootDocument | undefined)?.ports ?? [];
  return {
    names: sorted([...made, ...bundled.filter((name) => underlay?.ports.some((port) => port === name))]),
    macs: sorted([
      ...ports.filter(({ pci }) => bundled.includes(pci)).map(({ mac }) => mac),
      ...guests.flatMap(vfMacs),
    ]),
  };
}

function lanesEnds({ kind, lanes }: GuestSpec): readonly string[] {
  return lanes.flatMap(({ veth, tap, bond, members }) => [
    ...[veth?.port ?? [], tap?.port ?? []].flat(),
    ...(kind === 'host' ? [bond, ...members.map(({ ifName }) => ifName)] : []),
  ]);
}

function vfMacs({ kind, lanes }: GuestSpec): readonly string[] {
  if (kind !== 'netns' && kind !== 'host') return [];
  return lanes.flatMap(({ members }) => members.map(({ mac }) => mac));
}

function sorted(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort();
}

/** CIDRs that vflane gives the host itself. */
export function wantedAddresses({ guests, underlay }: HostSpec): ReadonlySet<string> {
  const own = guests.filter(({ kind }) => kind === 'host').flatMap(({ lanes }) => lanes);
  return new Set([
    ...own.flatMap(({ addresses }) => addresses),
    ...(underlay?.address ? [underlay.address] : []),
  ]);
}
