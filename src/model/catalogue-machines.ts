import type { CatalogueEntry } from './finding.ts';

const error = 'error' as const;

/** VF2070 to VF2099: VMs on a host. */
export const machineFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF2070',
    severity: error,
    title: 'A program that VMs need is not installed',
    explanation:
      'A VM is QEMU, its disk is made by qemu-img, and with `firmware: uefi` it starts by OVMF. Debian has them in qemu-system-x86, qemu-utils and ovmf. vflane installs nothing by itself; `vflane prepare` says what a host lacks.',
  },
  {
    code: 'VF2071',
    severity: error,
    title: 'The image of a VM is not there',
    explanation:
      'The image under `disk` is the user’s, on the host of the guest: an absolute path, or a name below /var/lib/vflane/images. vflane reads it and never writes it: the guest writes to an overlay of its own.',
  },
  {
    code: 'VF2072',
    severity: error,
    title: 'The image of a VM is in use, or is none',
    explanation:
      'An overlay holds only what differs from the image below it, so that an image that somebody writes to takes every guest that stands on it along. QEMU locks an image that it writes to, and by that it is seen. The same is said of a file that qemu-img cannot read as an image.',
  },
  {
    code: 'VF2073',
    severity: error,
    title: 'The disk of a VM stands on another image',
    explanation:
      'The guest’s disk was made on another image than the file names now, and it is of no use on this one. What is in it is the guest’s, so that vflane neither makes it anew nor takes it away. Move it out of the way for a new one, or name the old image.',
  },
  {
    code: 'VF2074',
    severity: error,
    title: 'libvirt is not there to run a VM',
    explanation:
      'With `manager: libvirt` a guest is a domain of libvirt’s system instance (qemu:///system). virsh is not installed, or the daemon does not answer. Without the key systemd runs the guest, which needs nothing but QEMU.',
  },
  {
    code: 'VF2075',
    severity: error,
    title: 'The name of a VM is taken',
    explanation:
      'A guest is an instance of vflane-guest@.service or a domain of libvirt, under its own name. Something of that name is there that vflane did not write. It is left alone; one of the two has to have another name.',
  },
  {
    code: 'VF2076',
    severity: error,
    title: 'The memory of the VMs does not fit',
    explanation:
      'A VM with a VF has all of its memory pinned from its start on, because the card may write to any of it: nothing of it can be swapped or lent. The guests that are to be started need more than the host has free.',
  },
  {
    code: 'VF2077',
    severity: error,
    title: 'A PCI function cannot be given to a VM',
    explanation:
      'A function under `pci` is not there, has no IOMMU before it, is in use by the host, or shares its IOMMU group with another function that a driver of the host has. A group is given whole or not at all, because its functions can reach each other past the IOMMU. The message names them.',
  },
  {
    code: 'VF2078',
    severity: error,
    title: 'A VF of a VM is held by something else',
    explanation:
      'A process that vflane did not start has the VFIO group of this VF open. QEMU would end with “Device or resource busy”. End that process, or let it keep the VF and take the guest out of the file.',
  },
  {
    code: 'VF2079',
    severity: 'info',
    title: 'A running VM has still to read its new networks',
    explanation:
      'What cloud-init finds in a guest has changed: its name, keys, addresses or networks. A guest reads it when it boots with the new volume, and one that runs keeps the volume that it started with. `vflane vm restart` lets it read; until then it goes on as it is.',
  },
  {
    code: 'VF2080',
    severity: 'warning',
    title: 'A VM failed when it ran last',
    explanation:
      'systemd holds the guest’s unit for failed: QEMU ended with an error, could not start, or the guest did not shut down within its time and was switched off. The journal of the unit says which; for a guest of libvirt’s its log there does. The next start clears it.',
  },
  {
    code: 'VF2082',
    severity: error,
    title: 'A file for cloud-init cannot be read',
    explanation:
      'The file under `cloud-init.user-data` is on the host of the guest, as the image is: an absolute path, or a name below /var/lib/vflane/images. It is copied into the guest’s seed. Without it the guest would start with nobody who may log in.',
  },
  {
    code: 'VF2084',
    severity: error,
    title: 'A VM is not there as the file has it',
    explanation:
      'A guest is started by what `vflane apply` has left on its host: its disk, its seed, and its unit or domain. One of them is missing or differs from the file. Starting it as it is would be a guest that nobody asked for.',
  },
  {
    code: 'VF2085',
    severity: 'warning',
    title: 'A VM has not what the file gives it',
    explanation:
      'The guest agent inside the VM was asked for its networks, and an address, a MAC address or an MTU of the file is not among them. It may still be booting; its image may have no cloud-init; or somebody has changed it inside. `vflane export guest` says what belongs there.',
  },
  {
    code: 'VF2086',
    severity: 'info',
    title: 'A VM starts with a host that does not bring its VFs back',
    explanation:
      'systemd starts the guest with the host (`autostart`, which is so unless the file says otherwise). A host forgets its VFs, taps and bridges when it restarts, and only an enabled one sets them up again before its guests start; without that the guest fails at every start until somebody says `vflane apply`.',
  },
  {
    code: 'VF2087',
    severity: 'info',
    title: 'The disk of a VM has another size than the file says',
    explanation:
      'A disk that is there is made larger only while its guest is off, because QEMU has it open, and never smaller, because what would be cut off may be in use. Until then the guest goes on with the size that it has.',
  },
  {
    code: 'VF2088',
    severity: error,
    title: 'The image or disk of a VM leads to another file',
    explanation:
      'An image may say that it stands on another file, or that its data is in one (`backing file`, `data file` of qcow2; the extents of vmdk), and QEMU opens as root whatever it names: a guest that was made of somebody’s image would read any file of the host, /etc/shadow as well. So an image is raw or qcow2, and whole. The disk of a guest stands on its image and on nothing else; that is looked at again whenever the guest starts, because who has broken out of its QEMU can write the disk.',
  },
];
