import { finding } from '../model/catalogue.ts';
import { isUnseen } from '../model/unseen.ts';
import { placeOf, type Rule } from './rule.ts';

export const pfWithoutDriver: Rule = (examined) =>
  examined.state.pfs
    .filter((pf) => pf.present && pf.netdev === undefined && !isUnseen(pf.numVfs))
    .map((pf) =>
      finding(
        'VF2002',
        placeOf(examined, 'nic'),
        pf.driver === undefined
          ? `${examined.host.name}: ${pf.pci} has no driver`
          : `${examined.host.name}: ${pf.pci} has no netdev (its driver is ${pf.driver})`,
        `Give it back to its own driver: modprobe mlx5_core; echo ${pf.pci} > /sys/bus/pci/drivers_probe.`,
      ),
    );
