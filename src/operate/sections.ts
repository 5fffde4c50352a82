import type { FabricHost } from '../model/fabric.ts';
import type { Ledger } from '../model/ledger.ts';
import { asPciAddress, type PciAddress } from '../model/names.ts';
import type { Change } from '../model/plan.ts';
import type { Sections } from '../observe/observe.ts';

/** What has to be looked at to hold a host against its part of the file and against what vflane put there. */
export function sectionsFor(host: FabricHost | undefined, ledger: Ledger): Sections {
  const asked = host?.nic.kind === 'pfs' ? host.nic.pfs : [];
  const named = (host?.guests ?? []).filter((guest) => guest.kind === 'netns').map((guest) => guest.name);
  const left = sectionsOf([...ledger.entries.values()]);
  return { pfs: unique([...asked, ...left.pfs]), namespaces: unique([...named, ...left.namespaces]) };
}

/** What has to be looked at to see these places again. */
export function sectionsOf(places: readonly Pick<Change, 'resource' | 'at'>[]): Sections {
  const heads = places.map(({ resource, at }) => ({ resource, head: at.split('/')[0] ?? '' }));
  const pfs = heads.flatMap(({ head }): readonly PciAddress[] => {
    const pci = asPciAddress(head);
    return pci === undefined ? [] : [pci];
  });
  const namespaces = heads.flatMap(({ resource, head }) =>
    head !== '' && (resource === 'netns' || guestKinds.has(resource)) ? [head] : [],
  );
  return { pfs: unique(pfs), namespaces: unique(namespaces) };
}

/** Resources whose `at` begins with a namespace. */
const guestKinds: ReadonlySet<string> = new Set(['netns-vf', 'guest-bond', 'guest-address']);

function unique<Item>(items: readonly Item[]): readonly Item[] {
  return [...new Set(items)];
}
