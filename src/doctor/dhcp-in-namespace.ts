import { finding } from '../model/catalogue.ts';
import { placeOf, type Rule } from './rule.ts';

export const dhcpInNamespace: Rule = (examined) =>
  examined.spec.guests
    .filter((guest) => guest.kind === 'netns' || guest.kind === 'host')
    .flatMap((guest) =>
      guest.lanes
        .filter((lane) => lane.dhcp)
        .map((lane) =>
          finding(
            'VF2010',
            placeOf(examined, 'guests', guest.name, 'networks', lane.network),
            `${guest.name} asks for DHCP on ${lane.network}, but vflane runs no DHCP client`,
            `Run one yourself: ${guest.kind === 'netns' ? `ip netns exec ${guest.name} ` : ''}dhclient ${lane.bond}, or give an address.`,
          ),
        ),
    );
