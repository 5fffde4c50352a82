import type { LinkState } from '../model/host-state.ts';
import { type Ledger, ledgerKey } from '../model/ledger.ts';

/** A netdev's addresses without the tunnel address that vflane gave it: that one is removed with what the file no longer has. CIDRs. */
export function withoutOwn(link: LinkState, ledger: Ledger | undefined): LinkState {
  const isOwn = (cidr: string) => ledger?.entries.has(ledgerKey('underlay-address', `${link.name}/${cidr}`));
  return { ...link, addresses: link.addresses.filter((cidr) => !isOwn(cidr)) };
}
