import { finding } from '../model/catalogue.ts';
import { placeOf, type Rule } from './rule.ts';

export const poolBeyondFirmware: Rule = (examined) => {
  const wanted = examined.host.vfs;
  return examined.state.pfs.flatMap((pf) =>
    typeof pf.totalVfs === 'number' && pf.totalVfs > 0 && wanted > pf.totalVfs
      ? [
          finding(
            'VF2004',
            placeOf(examined, 'vfs'),
            `${examined.host.name}: a pool of ${wanted} VFs is asked for, but the firmware of ${pf.pci} allows only ${pf.totalVfs}`,
            `Ask for at most ${pf.totalVfs}, or raise NUM_OF_VFS and reboot: mstconfig -d ${pf.pci} set NUM_OF_VFS=${wanted} (\`vflane firmware plan\` shows the steps).`,
          ),
        ]
      : [],
  );
};
