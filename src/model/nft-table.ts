/** vflane's own nftables tables, by family and name; it never reads, writes or judges any other. */
export const nftTables = { packets: 'inet vflane', arp: 'arp vflane' } as const;

/**
 * A table as the commands of `nft -f -` that fill it, without the table itself: sets and chains sorted, then rules in
 * their order, chain by chain. A line that begins with `#` is in the table, but vflane would not have written it and cannot write
 * it again.
 */
export type NftLines = readonly string[];

/** Tables by family and name. */
export type NftTables = { readonly [table: string]: NftLines };

/**
 * The commands of `nft -f -` that turn the table into these lines, or remove it if there are none. One transaction: no
 * packet ever meets half a table. `add` comes first, because only an existing table can be deleted (`destroy` needs nftables 1.0.7
 * and Linux 6.3).
 */
export function replaceNftTable(table: string, lines: NftLines): readonly string[] {
  const gone = [`add table ${table}`, `delete table ${table}`];
  return lines.length === 0 ? gone : [...gone, `add table ${table}`, ...lines];
}
