import { finding } from '../model/catalogue.ts';
import { isUnseen } from '../model/unseen.ts';
import { wireNames } from './road.ts';
import { placeOf, type Rule } from './rule.ts';

/** The kernel refuses it only with "Invalid argument" (net/core/dev.c), so it is reported before the first step. */
export const mtuBeyondPort: Rule = (examined) => {
  const { links } = examined.state;
  if (isUnseen(links)) return [];
  return wires(examined).flatMap(({ pci, netdev, mtu }) => {
    const maxMtu = links.find(({ name }) => name === netdev)?.maxMtu;
    if (maxMtu === undefined || mtu <= maxMtu) return [];
    return [
      finding(
        'VF2007',
        placeOf(examined, ...(pci ? ['nic'] : ['underlay', 'ports'])),
        `${examined.host.name}: ${pci ?? netdev} needs an MTU of ${mtu} (the largest network's plus 80), but can do only ${maxMtu}`,
        `Give the networks an MTU of at most ${maxMtu - 80}.`,
      ),
    ];
  });
};

interface Wire {
  readonly pci?: string;
  readonly netdev: string | undefined;
  /** Bytes. */
  readonly mtu: number;
}

/** The card's ports, or, without a card, those that the file names. */
function wires({ spec, state }: Parameters<Rule>[0]): readonly Wire[] {
  const ofCards = spec.nics
    .flatMap((nic) => nic.pfs)
    .map(({ pci, mtu }) => ({ pci, mtu, netdev: state.pfs.find((pf) => pf.pci === pci)?.netdev }));
  const { underlay } = spec;
  if (ofCards.length > 0 || underlay === undefined) return ofCards;
  return wireNames(underlay, state).map((netdev) => ({ netdev, mtu: underlay.mtu }));
}
