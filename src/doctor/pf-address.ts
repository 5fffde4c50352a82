import { finding } from '../model/catalogue.ts';
import { linkOf } from './pf-link.ts';
import { placeOf, type Rule } from './rule.ts';

/** An overlay bonds both ports of a card, and the kernel leaves an address where it was: on the port (facts §17). */
export const addressToStrand: Rule = (examined) => {
  if (examined.spec.overlay === undefined) return [];
  return examined.state.pfs.flatMap((pf) => {
    const link = linkOf(examined.state, pf);
    if (link === undefined || link.master !== undefined || link.addresses.length === 0) return [];
    return [
      finding(
        'VF2044',
        placeOf(examined, 'nic'),
        `${examined.host.name}: ${link.name} (${pf.pci}) carries ${link.addresses.join(', ')}, and is to become a part of a bond, where it would be lost`,
        `Move it to the bond in the host’s own network configuration, or take it away: ${link.addresses.map((address) => `ip addr del ${address} dev ${link.name}`).join('; ')}.`,
      ),
    ];
  });
};

export const strandedAddress: Rule = (examined) =>
  examined.state.pfs.flatMap((pf) => {
    const link = linkOf(examined.state, pf);
    if (link?.master === undefined || link.addresses.length === 0) return [];
    const moves = link.addresses.map(
      (address) => `ip addr del ${address} dev ${link.name}; ip addr add ${address} dev ${link.master}`,
    );
    return [
      finding(
        'VF2045',
        placeOf(examined, 'nic'),
        `${examined.host.name}: ${link.name} (${pf.pci}) belongs to ${link.master} and still carries ${link.addresses.join(', ')}, which leaves past the bond`,
        `Move it: ${moves.join('; ')}.`,
      ),
    ];
  });
