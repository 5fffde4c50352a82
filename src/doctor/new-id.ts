import { finding } from '../model/catalogue.ts';
import { isUnseen } from '../model/host-state.ts';
import { placeOf, type Rule } from './rule.ts';

/** Whoever binds one VF on purpose says so in its driver_override (vflane, libvirt, driverctl); new_id leaves none (facts §3.3). */
export const newId: Rule = (examined) => {
  const { pfs, holders } = examined.state;
  const open = new Set(isUnseen(holders) ? [] : holders.map(({ path }) => path));
  return pfs.flatMap((pf) => {
    const taken = pf.vfs.filter(
      ({ driver, driverOverride, iommuGroup }) =>
        driver === 'vfio-pci' && driverOverride !== 'vfio-pci' && !open.has(`/dev/vfio/${iommuGroup}`),
    );
    const [first] = taken;
    if (first === undefined) return [];
    return [
      finding(
        'VF2043',
        placeOf(examined, 'nic'),
        `${examined.host.name}: vfio-pci has VFs of ${pf.pci} that no driver_override gave it, and nobody uses: ${taken.map(({ pci }) => pci).join(', ')}`,
        `Write what /sys/bus/pci/devices/${first.pci}/vendor and device hold to /sys/bus/pci/drivers/vfio-pci/remove_id, and the VFs’ addresses to its unbind.`,
      ),
    ];
  });
};
