import type { Fold } from '../apply/fold.ts';
import { modelOf } from '../model/card-models.ts';
import { cardOf, firstPfs } from '../model/firmware.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { Holder, HostState } from '../model/host-state.ts';
import type { PciAddress } from '../model/names.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import { nvidiaPfs } from '../observe/card-ports.ts';
import { observeLockdown } from '../observe/lockdown.ts';
import { seen } from '../observe/look.ts';
import { observe } from '../observe/observe.ts';
import { observeOdd } from '../observe/odd-functions.ts';
import { observeWindow, portAbove } from '../observe/pci-slot.ts';
import type { FirmwareCard } from '../plan/firmware-asked.ts';
import { foldNow } from './fold-now.ts';
import type { Site } from './site.ts';

/** A host with everything that its cards' firmware tools say. */
export interface FirmwareLook {
  readonly state: HostState;
  readonly fold: Fold;
  readonly cards: readonly FirmwareCard[];
  readonly lockdown: Seen<string> | undefined;
  /** Programs that drive a port bypassing the kernel, as DPDK does: they have its verbs open (rdma-core, libibverbs). */
  readonly verbsUsers: Seen<readonly Holder[]>;
}

/** Queries the cards that a file names on a host; without a file, all of NVIDIA's. */
export async function lookAtFirmware(
  site: Site,
  named?: readonly PciAddress[],
  spec?: (fold: Fold) => HostSpec,
): Promise<FirmwareLook> {
  const { reader } = site;
  const [fold, found] = await Promise.all([foldNow(site), nvidiaPfs(reader)]);
  const known = isUnseen(found) ? [] : found;
  const firsts = firstPfs(named ?? known);
  const cards = new Set(firsts.map(cardOf));
  // A reset also affects ports that the file does not name.
  const ports = [...new Set([...(named ?? []), ...known.filter((pci) => cards.has(cardOf(pci)))])].sort();
  const asked = firstPfs(ports);
  const state = await observe(reader, {
    ...{ pfs: ports, namespaces: [], routes: [], overlay: false },
    firmware: isUnseen(found) ? asked : asked.filter((pci) => found.includes(pci)),
  });
  const paired = spec === undefined ? [] : pairedBy(spec(fold));
  const [lockdown, odd, verbsUsers] = await Promise.all([
    observeLockdown(reader),
    observeOdd(reader, []),
    seen(() => reader.openFiles('/dev/infiniband')),
  ]);
  const inRecovery = odd.filter(({ recovery }) => recovery).map(({ pci }) => pci);
  const all = asked.map((pci) => cardAt(site, state, pci, { paired, inRecovery }));
  return { state, fold, cards: await Promise.all(all), lockdown, verbsUsers };
}

function pairedBy({ nics }: HostSpec): readonly PciAddress[] {
  return nics.flatMap(({ lag, pfs }) => (lag === undefined ? [] : pfs.map(({ pci }) => pci)));
}

interface Around {
  readonly paired: readonly PciAddress[];
  readonly inRecovery: readonly PciAddress[];
}

async function cardAt(site: Site, state: HostState, pci: PciAddress, around: Around): Promise<FirmwareCard> {
  const pfs = state.pfs.filter((pf) => cardOf(pf.pci) === cardOf(pci));
  const nobody = { unseen: `${pci} was not asked` };
  return {
    pci,
    model: modelOf(pfs[0]?.id),
    pfs,
    firmware: state.firmware?.[pci] ?? { flash: nobody, settings: nobody, resets: nobody },
    window: await observeWindow(site.reader, pci, await portAbove(site.reader, pci)),
    recovery: pfs.some((pf) => around.inRecovery.includes(pf.pci)),
    hasLag: pfs.some((pf) => around.paired.includes(pf.pci)),
  };
}
