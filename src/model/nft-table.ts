/** vflane's own tables of nftables, by family and name; no other is ever read, written or judged. */
export const nftTables = { packets: 'inet vflane', arp: 'arp vflane' } as const;

/**
 * A table as the commands of `nft -f -` that fill it, without the table itself: sets and chains sorted, then rules in
 * their order, chain by chain. What a `#` leads is in the table, but vflane would not have written it, and cannot write
 * it again.
 */
export type NftLines = readonly string[];

/** Tables by family and name. */
export type NftTables = { readonly [table: string]: NftLines };

/**
 * The commands of `nft -f -` that make the table these lines, or take it away where there are none. One transaction: no
 * packet ever meets half a table. `add` first, because only what is there can be deleted (`destroy` needs nftables 1.0.7
 * and Linux 6.3).
 */
export function replaceNftTable(table: string, lines: NftLines): readonly string[] {
  const gone = [`add table ${table}`, `delete table ${table}`];
  return lines.length === 0 ? gone : [...gone, `add table ${table}`, ...lines];
}
