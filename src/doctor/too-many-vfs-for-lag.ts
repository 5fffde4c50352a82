import { finding } from '../model/catalogue.ts';
import { placeOf, type Rule } from './rule.ts';

/** mlx5 lag/lag.c, mlx5_handle_changeupper_event: the firmware's number matters, not that of the VFs in use (facts §1.2). */
const mostForLag = 64;

export const tooManyVfsForLag: Rule = (examined) =>
  examined.spec.nics.some(({ lag }) => lag !== undefined)
    ? examined.state.pfs
        .filter(({ totalVfs }) => typeof totalVfs === 'number' && totalVfs > mostForLag)
        .map((pf) =>
          finding(
            'VF2032',
            placeOf(examined, 'vfs'),
            `${examined.host.name}: the firmware of ${pf.pci} has NUM_OF_VFS=${String(pf.totalVfs)}; above ${mostForLag} there is no VF-LAG`,
            `Lower it and reboot: mstconfig -d ${pf.pci} set NUM_OF_VFS=${mostForLag} (\`vflane firmware plan\`).`,
          ),
        )
    : [];
