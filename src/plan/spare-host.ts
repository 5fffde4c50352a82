import type { HostState, PfState } from '../model/host-state.ts';
import type { Ledger } from '../model/ledger.ts';
import { ledgerKey } from '../model/ledger.ts';
import { isUnseen } from '../model/unseen.ts';
import type { Wants } from './differences.ts';

/**
 * On a way back: leaves up the ports that the host has come to use since. They were down when vflane found them, and
 * taking them down again would take the host's own network with them.
 */
export function sparingHost(wants: Wants, state: HostState, ledger: Ledger): Wants {
  const used = new Set<string>(portsInUse(state, ledger).map(({ pci }) => pci));
  const places = [...(wants.get('pf-up') ?? [])];
  if (!places.some(([at, up]) => used.has(at) && up === false)) return wants;
  return new Map([...wants, ['pf-up', new Map(places.filter(([at]) => !used.has(at)))]]);
}

/** PFs with an address of the host's own, or with a master that is not vflane's. */
export function portsInUse({ pfs, links }: HostState, { entries }: Ledger): readonly PfState[] {
  if (isUnseen(links)) return [];
  return pfs.filter(({ netdev }) => {
    const link = links.find(({ name }) => name === netdev);
    const isForeign = link?.master !== undefined && !entries.has(ledgerKey('host-bond', link.master));
    return link !== undefined && (link.addresses.length > 0 || isForeign);
  });
}
