import { finding } from '../model/catalogue.ts';
import { isUnseen } from '../model/unseen.ts';
import { placeOf, type Rule } from './rule.ts';

/** Whoever binds a single VF on purpose sets its driver_override (vflane, libvirt, driverctl); new_id leaves none (facts §3.3). */
export const newId: Rule = (examined) => {
  const { pfs, holders } = examined.state;
  const open = new Set(isUnseen(holders) ? [] : holders.map(({ path }) => path));
  const taken = pfs
    .flatMap(({ vfs }) => vfs)
    .filter(
      ({ driver, driverOverride, iommuGroup }) =>
        driver === 'vfio-pci' &&
        driverOverride !== 'vfio-pci' &&
        iommuGroup !== undefined &&
        !open.has(`/dev/vfio/${iommuGroup}`),
    )
    .map(({ pci }) => pci);
  const [first] = taken;
  if (first === undefined) return [];
  const id = ['vendor', 'device'].map((name) => `/sys/bus/pci/devices/${first}/${name}`).join(' ');
  const unbinds = taken.map((pci) => `echo ${pci} > /sys/bus/pci/drivers/vfio-pci/unbind`);
  return [
    finding(
      'VF2043',
      placeOf(examined, 'nic'),
      `${examined.host.name}: vfio-pci has VFs that no driver_override gave it and that nobody uses: ${taken.join(', ')}`,
      `Take the id back, and the VFs that no VM needs: echo $(cat ${id}) > /sys/bus/pci/drivers/vfio-pci/remove_id; ${unbinds.join('; ')}.`,
    ),
  ];
};
