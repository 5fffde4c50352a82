import type { Endpoint } from './endpoint.ts';

/** A guest that may attack and be attacked. */
export interface Station {
  readonly end: Endpoint;
  readonly name: string;
  readonly network: string;
  readonly host: string;
  /** VLAN id or VNI of its network. */
  readonly id: number;
  /** What vflane enforces on it within its own network. */
  readonly heldTo: { readonly mac: boolean; readonly address: boolean; readonly roles: boolean };
  /** If networks are tunnels: its host's tunnel address, and MACs of its host to which a frame may be sent. */
  readonly tunnel?: {
    readonly local: string;
    readonly peers: readonly string[];
    readonly macs: readonly string[];
  };
  /** What its card is known not to enforce, and where that is documented. */
  readonly knownLeak?: string;
}

/** An address of each, of one family, IPv4 first. */
export function addressesOf(from: Station, to: Station): readonly [string, string] | undefined {
  for (const wanted of [false, true]) {
    const ofFamily = (text: string): boolean => text.includes(':') === wanted;
    const [mine, theirs] = [from.end.addresses.find(ofFamily), to.end.addresses.find(ofFamily)];
    if (mine !== undefined && theirs !== undefined) return [mine, theirs];
  }
  return undefined;
}

export function ipv4Of({ end }: Station): string | undefined {
  return end.addresses.find((text) => !text.includes(':'));
}

export function ipv6Of({ end }: Station): string | undefined {
  return end.addresses.find((text) => text.includes(':'));
}
