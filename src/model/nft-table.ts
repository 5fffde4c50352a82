/** vflane's own table of nftables; no other is ever read, written or judged. */
export const nftTable = 'inet vflane';

/**
 * A table as the commands of `nft -f -` that fill it, without the table itself: sets and chains sorted, then rules in
 * their order. What a `#` leads is in the table, but vflane would not have written it, and cannot write it again.
 */
export type NftLines = readonly string[];

/**
 * The standard input of `nft -f -` that makes the table these lines, or takes it away where there are none. One
 * transaction: no packet ever meets half a table. `add` first, because only what is there can be deleted
 * (`destroy` needs nftables 1.0.7 and Linux 6.3).
 */
export function replaceNftTable(lines: NftLines): string {
  const gone = [`add table ${nftTable}`, `delete table ${nftTable}`];
  const made = lines.length === 0 ? [] : [`add table ${nftTable}`, ...lines];
  return `${[...gone, ...made].join('\n')}\n`;
}
