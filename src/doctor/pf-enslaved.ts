import { finding } from '../model/catalogue.ts';
import { isUnseen } from '../model/unseen.ts';
import { placeOf, type Rule } from './rule.ts';

/** A host bond over both PFs in legacy mode makes a RoCE LAG if there are no VFs, and no LAG if there are (facts §1.2). */
export const pfEnslaved: Rule = (examined) => {
  const { links, pfs } = examined.state;
  if (examined.spec.datapath !== 'legacy-vlan' || isUnseen(links)) return [];
  return pfs.flatMap((pf) => {
    const master = links.find((link) => link.name === pf.netdev)?.master;
    if (master === undefined) return [];
    return [
      finding(
        'VF2009',
        placeOf(examined, 'nic'),
        `${examined.host.name}: ${pf.netdev} (${pf.pci}) belongs to ${master}`,
        'VFs still work, but failover is up to the guests; the PF’s MTU is its master’s.',
      ),
    ];
  });
};
