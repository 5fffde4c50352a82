import type { Rule } from './rule.ts';
import * as addresses from './rules-addresses.ts';
import * as guests from './rules-guests.ts';
import * as hosts from './rules-hosts.ts';
import * as names from './rules-names.ts';
import * as networks from './rules-networks.ts';

/** Every rule over the whole file. */
export const rules: readonly Rule[] = [
  names.namesAreNames,
  names.guestNamesAreUnique,
  networks.idsAreUnique,
  networks.idsFitDatapaths,
  networks.ipv6NeedsItsMtu,
  networks.subnetsOfANetworkAreApart,
  networks.neighboursAreInside,
  networks.oneGatewayAFamily,
  networks.uplinkHostsAreHosts,
  hosts.oneEncapsulationANetwork,
  hosts.underlayOnlyUnderOverlays,
  hosts.oneUnderlayFamily,
  hosts.underlayAddressesAreUnique,
  hosts.underlayNeighboursAreInside,
  hosts.routesKeepTheirFamily,
  hosts.poolsHoldTheGuests,
  hosts.lagKeepsPoolsSmall,
  hosts.hostsAreReachedOnce,
  hosts.portsOfOneCard,
  hosts.softwareOffloadsNothing,
  guests.guestsAreOfOneKind,
  guests.guestsAreOnNetworks,
  guests.networksAreKnown,
  guests.vmsAreExternal,
  guests.machineIsOneGuest,
  guests.noTrustOnOverlays,
  addresses.addressesAreUnique,
  addresses.macsAreUnique,
  addresses.macsFitVfs,
  addresses.addressesAreInside,
  addresses.addressesAreOfTheirFamily,
  addresses.subnetsOfAGuestAreApart,
  addresses.subnetsAreOffTheUnderlay,
];
