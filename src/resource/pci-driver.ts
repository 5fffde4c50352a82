import { machinesIn } from './machine-text.ts';
import { portDriver } from './port-driver.ts';
import type { Resource } from './resource.ts';

/** A PCI function that a VM is given whole: that function alone goes from the host's driver to `vfio-pci`, and back (facts §3.3). */
export const pciDriver: Resource = {
  ...portDriver,
  kind: 'pci-driver',
  wanted: (spec) =>
    machinesIn(spec).flatMap(({ machine }) => machine.pci.map((at) => ({ at, value: 'vfio-pci' }))),
  why: (_from, to) =>
    to === 'vfio-pci'
      ? 'Take the devices that VMs get whole from the host: vfio-pci holds them.'
      : 'Give the host back the devices that VMs had.',
};
