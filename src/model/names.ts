/** Names that are checked once and trusted from then on: only its check makes a branded string. */

declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** `0000:03:00.0`, lower case, domain always present. */
export type PciAddress = Branded<string, 'PciAddress'>;
/** 802.1Q id, 1–4094. */
export type VlanId = Branded<number, 'VlanId'>;
/** `02:ab:…`, lower case, unicast. */
export type MacAddress = Branded<string, 'MacAddress'>;
/** A netdev's name: what the kernel's dev_valid_name() accepts, less what `ip -batch` would split or a path would follow. */
export type IfName = Branded<string, 'IfName'>;
export type FabricName = Branded<string, 'FabricName'>;
export type HostName = Branded<string, 'HostName'>;
export type GuestName = Branded<string, 'GuestName'>;
export type NetworkName = Branded<string, 'NetworkName'>;

const pciAddress = /^[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/;
const macAddress = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;
const ifName = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/;
// The first character keeps a name from being read as an option; the rest keeps it harmless in a shell, a path and a unit's name.
const plainName = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** The longest name of a fabric, host, guest or network, in characters (a DNS label's limit, RFC 1035). */
export const longestName = 63;

export function asPciAddress(text: string): PciAddress | undefined {
  const lower = text.toLowerCase();
  return pciAddress.test(lower) ? (lower as PciAddress) : undefined;
}

export function asMacAddress(text: string): MacAddress | undefined {
  const lower = text.toLowerCase();
  if (!macAddress.test(lower) || lower === '00:00:00:00:00:00') return undefined;
  // Bit 0 of the first octet marks a group address (IEEE 802-2014, 8.2.2): no VF may have one.
  return Number.parseInt(lower.slice(0, 2), 16) & 1 ? undefined : (lower as MacAddress);
}

export function asIfName(text: string): IfName | undefined {
  return ifName.test(text) && text !== '.' && text !== '..' ? (text as IfName) : undefined;
}

export function asVlanId(value: number): VlanId | undefined {
  return Number.isInteger(value) && value >= 1 && value <= 4094 ? (value as VlanId) : undefined;
}

function asPlainName(text: string): string | undefined {
  return text.length <= longestName && plainName.test(text) ? text : undefined;
}

export function asFabricName(text: string): FabricName | undefined {
  return asPlainName(text) as FabricName | undefined;
}

export function asHostName(text: string): HostName | undefined {
  return asPlainName(text) as HostName | undefined;
}

export function asGuestName(text: string): GuestName | undefined {
  return asPlainName(text) as GuestName | undefined;
}

export function asNetworkName(text: string): NetworkName | undefined {
  return asPlainName(text) as NetworkName | undefined;
}
