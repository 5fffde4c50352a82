import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { LinkState } from '../model/host-state.ts';
import { withoutOwn } from './own-address.ts';
import { wireLinks } from './pf-link.ts';
import { wireNames } from './road.ts';
import { type Examined, placeOf, type Rule } from './rule.ts';

/** An overlay bonds its ports or gives them to a bridge, and the kernel leaves an address where it was: on the port (facts §17). */
export const addressToStrand: Rule = (examined) => {
  const { underlay } = examined.spec;
  // A single port of the kernel is used as it is, with whatever it carries.
  const members =
    underlay && !underlay.functions ? wireNames({ ...underlay, ports: [] }, examined.state) : [];
  const into = underlay?.bond ? 'a bond' : 'a bridge';
  return wireLinks(examined)
    .map((link) => withoutOwn(link, examined.ledger))
    .filter(
      ({ name, master, addresses }) => master === undefined && addresses.length > 0 && members.includes(name),
    )
    .map((link) => {
      const removals = link.addresses.map((address) => `ip addr del ${address} dev ${link.name}`);
      return hostFinding(
        examined,
        'VF2044',
        `${named(link)} carries ${link.addresses.join(', ')}, but is to become part of ${into}, where it would be lost`,
        `Move it in the host’s own network configuration, or remove it: ${removals.join('; ')}.`,
      );
    });
};

export const strandedAddress: Rule = (examined) =>
  wireLinks(examined).flatMap((link) => {
    const { name, master, addresses } = link;
    if (master === undefined || addresses.length === 0) return [];
    const moves = addresses.map(
      (address) => `ip addr del ${address} dev ${name}; ip addr add ${address} dev ${master}`,
    );
    return [
      hostFinding(
        examined,
        'VF2045',
        `${named(link)} belongs to ${master} and still carries ${addresses.join(', ')}, which leaves past it`,
        `Move it: ${moves.join('; ')}.`,
      ),
    ];
  });

function named({ name, parentDev }: LinkState): string {
  return parentDev === undefined ? name : `${name} (${parentDev})`;
}

function hostFinding(examined: Examined, code: string, what: string, hint: string): Finding {
  const key = examined.host.nic.kind === 'software' ? ['underlay', 'ports'] : ['nic'];
  return finding(code, placeOf(examined, ...key), `${examined.host.name}: ${what}`, hint);
}
