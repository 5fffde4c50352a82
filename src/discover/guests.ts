import type { Allocation } from '../model/host-spec.ts';
import type { ImportedAttachment, ImportedGuest, ImportedNetwork } from './imported.ts';
import type { VfUse } from './vf-use.ts';

/** An attachment to a network that was found in use. */
export interface FoundPlace {
  readonly slot: number;
  readonly use: VfUse;
  /** Whether anything but the ledger says so. */
  readonly network: string;
  readonly attachment: Omit<ImportedAttachment, 'network'>;
}

/** `guest`, `network` of each VF that vflane itself has assigned. */
export function rememberedAt(allocation: Allocation, slot: number) {
  const [name] = Object.entries(allocation).find(([, index]) => index === slot) ?? [];
  const [guest, network] = name?.split('/') ?? [];
  return guest === undefined || network === undefined ? undefined : { guest, network };
}

/**
 * What the guests of a network tell about it: their MTU, or else `mtu`, which the ports would carry; the first gateway of
 * each family; and all ARP targets.
 */
export function saidOf(
  network: string,
  places: readonly FoundPlace[],
  mtu: number,
): Pick<ImportedNetwork, 'mtu' | 'gateways' | 'arpTargets'> {
  const uses = places.filter((place) => place.network === network).map(({ use }) => use);
  const all = uses.flatMap(({ gateways = [] }) => gateways);
  const isV6 = (address: string) => address.includes(':');
  const gateways = [all.find((one) => !isV6(one)), all.find(isV6)].flatMap((one) => one ?? []);
  const arpTargets = [...new Set(uses.flatMap(({ arpTargets: asked = [] }) => asked))].slice(0, 16);
  const seen = uses.flatMap(({ mtu: own }) => own ?? []);
  return { mtu: seen.length > 0 ? Math.max(...seen) : mtu, gateways, arpTargets };
}

/** One guest for each user of VFs, under the name that it has or is given. */
export function guestsOf(places: readonly FoundPlace[], allocation: Allocation): readonly ImportedGuest[] {
  const guests = new Map<string, ImportedGuest>();
  const numbers = new Map<string, number>();
  for (const { slot, use, network, attachment } of places) {
    const known = rememberedAt(allocation, slot)?.guest;
    const by = known === undefined ? use.by : `guest ${known}`;
    const before = guests.get(by);
    const isTwice = before?.attachments.some((one) => one.network === network) === true;
    // A guest is on a network once: a VM's second VF there becomes another guest's.
    const key = isTwice ? `${by} ${slot}` : by;
    const name = known ?? use.name ?? freshName(use, slot, numbers);
    const guest = guests.get(key) ?? {
      name: isTwice ? `${name}-${slot}` : name,
      kind: use.kind,
      says: use.says,
      attachments: [],
    };
    guests.set(key, { ...guest, attachments: [...guest.attachments, { ...attachment, network }] });
  }
  return [...guests.values()];
}

function freshName({ by }: VfUse, slot: number, numbers: Map<string, number>): string {
  if (!by.startsWith('pid ')) return `vf${slot}`;
  const number = numbers.get(by) ?? numbers.size + 1;
  numbers.set(by, number);
  return `vm${number}`;
}
