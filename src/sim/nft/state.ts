/** An nftables table, as the kernel keeps it. */
export interface NftTable {
  family: string;
  name: string;
  handle: number;
  nextHandle: number;
  sets: NftSet[];
  chains: NftChain[];
}

export interface NftSet {
  name: string;
  handle: number;
  type: string;
  flags: string[];
  elements: string[];
}

export interface NftChain {
  name: string;
  handle: number;
  /** Only for a base chain. */
  hook?: { type: string; hook: string; priority: number; policy: string };
  rules: NftRule[];
}

export interface NftRule {
  handle: number;
  statements: NftStatement[];
  comment: string;
}

/** `right` with more than one value is an anonymous set, one that starts with `@` a named one. */
export type NftStatement =
  | { match: string; op: '==' | '!='; right: (string | number)[]; isSet: boolean }
  | { verdict: 'accept' | 'drop' | 'return' | 'reject' }
  | { counter: true };
