import { finding } from '../model/catalogue.ts';
import { isUnseen } from '../model/host-state.ts';
import { placeOf, type Rule } from './rule.ts';

export const mtuBeyondPort: Rule = (examined) => {
  const { links, pfs } = examined.state;
  if (isUnseen(links)) return [];
  return examined.spec.nics
    .flatMap((nic) => nic.pfs)
    .flatMap(({ pci, mtu }) => {
      const netdev = pfs.find((pf) => pf.pci === pci)?.netdev;
      const maxMtu = links.find((link) => link.name === netdev)?.maxMtu;
      if (maxMtu === undefined || mtu <= maxMtu) return [];
      return [
        finding(
          'VF2007',
          placeOf(examined, 'nic'),
          `${examined.host.name}: ${pci} needs an MTU of ${mtu} (the largest network's and 80), and can do ${maxMtu}`,
          `Give the networks an MTU of at most ${maxMtu - 80}.`,
        ),
      ];
    });
};
