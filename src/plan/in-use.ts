import type { HostSpec } from '../model/host-spec.ts';
import type { HostState, LinkState } from '../model/host-state.ts';
import type { Ledger } from '../model/ledger.ts';
import { isUnseen } from '../model/unseen.ts';
import { type LocalLane, laneAt, localLanes } from '../resource/guest-place.ts';
import { vfAt } from '../resource/place.ts';
import { runs } from '../resource/vm-running.ts';

/** Who has which VF, and who is using one right now. */
export interface Occupancy {
  /** `0000:03:00.0/3` → the guests that have it, by the file or by the ledger. */
  readonly owners: ReadonlyMap<string, readonly string[]>;
  /** `0000:03:00.0/3`, `lane web/storage`, … → who uses it: a guest's name, or the process that holds it open. */
  readonly users: ReadonlyMap<string, User>;
}

export interface User {
  readonly name: string;
  /**
   * `vfio`: a process has the VF's IOMMU group open; `netns`: its netdev is in a namespace; `vm`: vflane runs it; `lane`: the
   * guest's end of a lane is set up; `tap`: somebody has its tap open.
   */
  readonly by: 'vfio' | 'netns' | 'vm' | 'lane' | 'tap';
}

export function occupancyOf(spec: HostSpec | undefined, state: HostState, ledger: Ledger): Occupancy {
  const owners = ownersOf(spec, state, ledger);
  const users = [
    ...vmUsers(state),
    ...vfioUsers(state, owners),
    ...netnsUsers(state),
    ...(spec === undefined ? [] : [...laneUsers(spec, state), ...tapUsers(spec, state)]),
  ];
  return { owners, users: new Map(users) };
}

function ownersOf(
  spec: HostSpec | undefined,
  state: HostState,
  ledger: Ledger,
): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, string[]>();
  const add = (at: string, guest: string) => {
    const known = owners.get(at);
    if (known === undefined) owners.set(at, [guest]);
    else if (!known.includes(guest)) known.push(guest);
  };
  for (const [attachment, index] of Object.entries(ledger.allocation)) {
    for (const at of vfsOf(spec, state, index)) add(at, attachment.slice(0, attachment.indexOf('/')));
  }
  for (const pf of spec?.nics.flatMap((nic) => nic.pfs) ?? []) {
    for (const vf of pf.vfs) if (vf.owner) add(vfAt(pf.pci, vf.index), vf.owner.guest);
  }
  return owners;
}

/** What an index in the ledger stands for: a VF of each port, or, on an overlay, one VF, port 0's pool first. */
function vfsOf(spec: HostSpec | undefined, state: HostState, index: number): readonly string[] {
  const [first] = state.pfs;
  const isOverlay = spec ? spec.overlay !== undefined : first?.eswitch === 'switchdev';
  const wanted = spec?.nics[0]?.pfs[0]?.numVfs;
  const pool = wanted ?? (typeof first?.numVfs === 'number' ? first.numVfs : 0);
  if (!isOverlay || pool === 0) return state.pfs.map((pf) => vfAt(pf.pci, index));
  const pf = state.pfs[Math.floor(index / pool)];
  return pf ? [vfAt(pf.pci, index % pool)] : [];
}

/** VMs that vflane runs, whatever they have open: one is shut down before anything is taken from it. */
function vmUsers({ machines }: HostState): [string, User][] {
  return Object.entries(machines?.guests ?? {}).flatMap(([name, guest]): [string, User][] =>
    runs(guest) ? [[`vm ${name}`, { name, by: 'vm' }]] : [],
  );
}

function vfioUsers(state: HostState, owners: ReadonlyMap<string, readonly string[]>): [string, User][] {
  if (isUnseen(state.holders)) return [];
  const holders = new Map(state.holders.map((holder) => [holder.path, holder]));
  return state.pfs.flatMap((pf) =>
    pf.vfs.flatMap((vf): [string, User][] => {
      const holder = vf.driver === 'vfio-pci' ? holders.get(`/dev/vfio/${vf.iommuGroup}`) : undefined;
      if (!holder) return [];
      const at = vfAt(pf.pci, vf.index);
      const owner =
        owners.get(at)?.find((guest) => runs(state.machines?.guests[guest])) ?? owners.get(at)?.[0];
      const by = owner !== undefined && runs(state.machines?.guests[owner]) ? 'vm' : 'vfio';
      return [[at, { name: owner ?? `${holder.command} (pid ${holder.pid})`, by }]];
    }),
  );
}

function netnsUsers(state: HostState): [string, User][] {
  const vfs = new Map(
    state.pfs.flatMap((pf) => pf.vfs.map((vf) => [vf.pci as string, vfAt(pf.pci, vf.index)] as const)),
  );
  return Object.entries(state.namespaces).flatMap(([name, links]) =>
    links === null || isUnseen(links)
      ? []
      : links.flatMap((link): [string, User][] => {
          const at = link.parentDev === undefined ? undefined : vfs.get(link.parentDev);
          return at === undefined ? [] : [[at, { name, by: 'netns' }]];
        }),
  );
}

/** Guests that end on this host, with or without a card: their lanes are in use as soon as they are set up. */
function laneUsers(spec: HostSpec, state: HostState): [string, User][] {
  return localLanes(spec)
    .filter((local) => linksOf(local, state).some(({ name }) => name === local.lane.bond))
    .flatMap(({ guest, lane, namespace }) => {
      const user: User = { name: guest.name, by: 'lane' };
      // A namespace's VFs are found by looking in it, whatever they are called there.
      const vfs = namespace === null ? lane.members.map(({ pf, index }) => vfAt(pf, index)) : [];
      return [`lane ${laneAt(namespace, lane.bond)}`, ...vfs].map((at): [string, User] => [at, user]);
    });
}

function linksOf({ namespace }: LocalLane, { links, namespaces }: HostState): readonly LinkState[] {
  const seen = namespace === null ? links : (namespaces[namespace] ?? []);
  return isUnseen(seen) ? [] : seen;
}

/** A tap has a carrier while a VM's manager has it open (drivers/net/tun.c, tun_attach and tun_detach). */
function tapUsers({ guests }: HostSpec, { links }: HostState): [string, User][] {
  const open = new Set(isUnseen(links) ? [] : links.filter(({ carrier }) => carrier).map(({ name }) => name));
  return guests.flatMap(({ name, lanes }) =>
    lanes.flatMap(({ tap }): [string, User][] =>
      tap && open.has(tap.port) ? [[`tap ${tap.port}`, { name, by: 'tap' }]] : [],
    ),
  );
}
