import { finding } from '../model/catalogue.ts';
import { placeOf, type Rule } from './rule.ts';

export const sriovOff: Rule = (examined) =>
  examined.state.pfs
    .filter((pf) => pf.present && pf.totalVfs === 0 && examined.host.vfs > 0)
    .map((pf) =>
      finding(
        'VF2003',
        placeOf(examined, 'vfs'),
        `${examined.host.name}: ${pf.pci} offers no VFs`,
        `Switch SR-IOV on in the card and reboot: mstconfig -d ${pf.pci} set SRIOV_EN=1 NUM_OF_VFS=${examined.host.vfs}. \`vflane firmware plan\` shows the steps. Check that the BIOS has SR-IOV and "Above 4G decoding" on.`,
      ),
    );
