import { finding } from '../model/catalogue.ts';
import { placeOf, type Rule } from './rule.ts';

export const noIommu: Rule = (examined) => {
  const vfs = examined.spec.nics.flatMap((nic) => nic.pfs.flatMap((pf) => pf.vfs));
  const guest = vfs.find((vf) => vf.driver === 'vfio-pci')?.owner?.guest;
  if (guest === undefined || examined.state.iommu !== false) return [];
  return [
    finding(
      'VF2005',
      placeOf(examined, 'guests', guest),
      `${examined.host.name} has no IOMMU, but ${guest} is a VM that needs one`,
      'Switch it on in the BIOS (AMD-Vi, VT-d); on Intel add intel_iommu=on to the kernel command line and reboot.',
    ),
  ];
};
