import type { Rule } from './rule.ts';
import * as addresses from './rules-addresses.ts';
import * as guests from './rules-guests.ts';
import * as hosts from './rules-hosts.ts';
import * as names from './rules-names.ts';
import * as networks from './rules-networks.ts';
import * as underlay from './rules-underlay.ts';
import * as vms from './rules-vms.ts';

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
  underlay.underlayOnlyUnderOverlays,
  underlay.oneUnderlayFamily,
  underlay.underlayAddressesAreUnique,
  underlay.underlayNeighboursAreInside,
  underlay.routesKeepTheirFamily,
  underlay.portsCarryWhatNoCardDoes,
  underlay.functionsAreForDpdk,
  underlay.arpTargetsNeedTheKernelsBond,
  underlay.uplinksHaveAWire,
  underlay.uplinksAreApart,
  hosts.poolsHoldTheGuests,
  hosts.vfsAreGivenOnce,
  hosts.foundPlacesArePlaces,
  hosts.lagKeepsPoolsSmall,
  hosts.hostsAreReachedOnce,
  hosts.portsOfOneCard,
  hosts.softwareOffloadsNothing,
  guests.guestsAreOfOneKind,
  guests.guestsAreOnNetworks,
  guests.networksAreKnown,
  vms.functionsAreGivenOnce,
  vms.functionsAreNotTheCards,
  vms.memoryIsWholePages,
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
