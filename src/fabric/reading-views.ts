import type { Datapath } from '../model/fabric.ts';
import type { ReadAttachment, ReadGuest, ReadHost, Reading, ReadNetwork, ReadUnderlay } from './reading.ts';

export function isOverlay(datapath: Datapath | undefined): boolean {
  return datapath === 'ovs-tc' || datapath === 'ovs-dpdk';
}

/** Network → the hosts with a guest on it. */
export function usersOf(fabric: Reading): ReadonlyMap<string, readonly ReadHost[]> {
  const users = new Map<string, ReadHost[]>();
  for (const host of fabric.hosts) {
    const keys = new Set(
      host.guests.flatMap((guest) => guest.attachments.map((attachment) => attachment.key)),
    );
    for (const key of keys) {
      const known = users.get(key);
      if (known) known.push(host);
      else users.set(key, [host]);
    }
  }
  return users;
}

export function underlays(
  fabric: Reading,
): readonly { readonly host: ReadHost; readonly underlay: ReadUnderlay }[] {
  return fabric.hosts.flatMap((host) => (host.underlay ? [{ host, underlay: host.underlay }] : []));
}

export function guestsOf(fabric: Reading): readonly { readonly host: ReadHost; readonly guest: ReadGuest }[] {
  return fabric.hosts.flatMap((host) => host.guests.map((guest) => ({ host, guest })));
}

export function networksOf(fabric: Reading): ReadonlyMap<string, ReadNetwork> {
  return new Map(fabric.networks.map((network) => [network.key, network]));
}

/** A guest on a network, with everything around it. */
export interface Placed {
  readonly host: ReadHost;
  readonly guest: ReadGuest;
  readonly attachment: ReadAttachment;
  readonly network: ReadNetwork | undefined;
}

export function placed(fabric: Reading): readonly Placed[] {
  const networks = networksOf(fabric);
  return guestsOf(fabric).flatMap(({ host, guest }) =>
    guest.attachments.map((attachment) => ({
      host,
      guest,
      attachment,
      network: networks.get(attachment.key),
    })),
  );
}
