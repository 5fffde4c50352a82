import { finding } from '../model/catalogue.ts';
import { ledgerKey } from '../model/ledger.ts';
import { isUnseen } from '../model/unseen.ts';
import { placeOf, type Rule } from './rule.ts';

/**
 * In switchdev a VLAN on a VF is refused with EOPNOTSUPP (facts §4.2); a PF shows a switch id only then (facts §2.4). A mode
 * that vflane itself set is taken back with the overlay that it was for.
 */
export const switchdevInTheWay: Rule = (examined) => {
  const { links, pfs } = examined.state;
  if (examined.spec.datapath !== 'legacy-vlan' || isUnseen(links)) return [];
  return pfs
    .filter((pf) => links.find((link) => link.name === pf.netdev)?.physSwitchId !== undefined)
    .filter(({ pci }) => examined.ledger?.entries.has(ledgerKey('eswitch', pci)) !== true)
    .map((pf) =>
      finding(
        'VF2008',
        placeOf(examined, 'datapath'),
        `${examined.host.name}: ${pf.pci} is in switchdev mode, where the card sets no VLANs`,
        `If nothing uses its representors: devlink dev eswitch set pci/${pf.pci} mode legacy.`,
      ),
    );
};
