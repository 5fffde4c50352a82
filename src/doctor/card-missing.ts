import { finding } from '../model/catalogue.ts';
import { placeOf, type Rule } from './rule.ts';

export const cardMissing: Rule = (examined) =>
  examined.state.pfs
    .filter((pf) => !pf.present)
    .map((pf) =>
      finding(
        'VF2001',
        placeOf(examined, 'nic'),
        `${examined.host.name} has no PCI function ${pf.pci}`,
        'Look for the card with `lspci -D | grep -i -e mellanox -e ethernet`, and name it in `nic:`.',
      ),
    );
