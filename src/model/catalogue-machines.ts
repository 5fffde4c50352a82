import type { CatalogueEntry } from './finding.ts';

const error = 'error' as const;

/** VF2070 to VF2099: VMs on a host. */
export const machineFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF2070',
    severity: error,
    title: 'A program that VMs need is not installed',
    explanation:
      'QEMU runs a VM, qemu-img makes its disk, and with `firmware: uefi` it boots with OVMF. Debian has them in qemu-system-x86, qemu-utils and ovmf. vflane installs nothing by itself; `vflane prepare` says what a host lacks.',
  },
  {
    code: 'VF2071',
    severity: error,
    title: 'The image of a VM is missing',
    explanation:
      'The image under `disk` is yours and lies on the guest’s host: an absolute path, or a name below /var/lib/vflane/images. vflane reads it and never writes it: the guest writes to its own overlay.',
  },
  {
    code: 'VF2072',
    severity: error,
    title: 'The image of a VM is in use or is not an image',
    explanation:
      'An overlay holds only what differs from the image below it, so writing to the image spoils every guest that is based on it. QEMU locks an image that it writes to, which is how vflane notices. You also see this for a file that qemu-img cannot read as an image.',
  },
  {
    code: 'VF2073',
    severity: error,
    title: 'The disk of a VM is based on another image',
    explanation:
      'The guest’s disk was made on another image than the one in the file, and is useless on this one. What is on it belongs to the guest, so vflane neither replaces nor removes it. Move it away to get a new one, or name the old image.',
  },
  {
    code: 'VF2074',
    severity: error,
    title: 'A VM needs libvirt, which is not available',
    explanation:
      'With `manager: libvirt` a guest is a domain of libvirt’s system instance (qemu:///system). virsh is not installed, or the daemon does not answer. Without the key systemd runs the guest, which needs only QEMU.',
  },
  {
    code: 'VF2075',
    severity: error,
    title: 'The name of a VM is taken',
    explanation:
      'A guest is an instance of vflane-guest@.service or a libvirt domain, under its own name. There is something of that name that vflane did not write. vflane leaves it alone; rename one of the two.',
  },
  {
    code: 'VF2076',
    severity: error,
    title: 'The host has too little memory for its VMs',
    explanation:
      'All memory of a VM with a VF is pinned from its start, because the card may write to any of it: none of it can be swapped or lent. The guests to be started need more than the host has free.',
  },
  {
    code: 'VF2077',
    severity: error,
    title: 'A PCI function cannot be given to a VM',
    explanation:
      'A function under `pci` does not exist, has no IOMMU in front of it, is in use by the host, or shares its IOMMU group with another function that a host driver has. A group is given whole or not at all, because its functions can reach each other past the IOMMU. The message names them.',
  },
  {
    code: 'VF2078',
    severity: error,
    title: 'Something else holds a VF of a VM',
    explanation:
      'A process that vflane did not start has this VF’s VFIO group open. QEMU would exit with “Device or resource busy”. End that process, or let it keep the VF and remove the guest from the file.',
  },
  {
    code: 'VF2079',
    severity: 'info',
    title: 'A running VM has not read its new networks yet',
    explanation:
      'What cloud-init gives the guest has changed: its name, keys, addresses or networks. A guest reads this when it boots with the new volume; a running guest keeps the volume it started with. `vflane vm restart` lets it read; until then it goes on as it is.',
  },
  {
    code: 'VF2080',
    severity: 'warning',
    title: 'A VM failed in its last run',
    explanation:
      'systemd considers the guest’s unit failed: QEMU exited with an error or could not start, or the guest did not shut down in time and was switched off. The unit’s journal says which; for a libvirt guest, its log in libvirt does. The next start clears it.',
  },
  {
    code: 'VF2082',
    severity: error,
    title: 'A file for cloud-init cannot be read',
    explanation:
      'The file under `cloud-init.user-data` lies on the guest’s host, like the image: an absolute path, or a name below /var/lib/vflane/images. It is copied into the guest’s seed. If the guest started without it, nobody could log in.',
  },
  {
    code: 'VF2084',
    severity: error,
    title: 'A VM is not set up as the file says',
    explanation:
      'A guest is started from what `vflane apply` left on its host: its disk, its seed, and its unit or domain. One of them is missing or differs from the file. Starting it as it is would run a guest that nobody asked for.',
  },
  {
    code: 'VF2085',
    severity: 'warning',
    title: 'A VM lacks what the file gives it',
    explanation:
      'vflane asked the guest agent inside the VM for its networks, and an address, a MAC address or an MTU of the file is missing. The VM may still be booting; its image may have no cloud-init; or somebody has changed it inside. `vflane export guest` says what belongs there.',
  },
  {
    code: 'VF2086',
    severity: 'info',
    title: 'A VM starts at boot, but nothing restores its VFs',
    explanation:
      'systemd starts the guest when the host boots (`autostart`, on unless the file says otherwise). A host loses its VFs, taps and bridges when it restarts, and only an enabled host sets them up again before its guests start. Otherwise the guest fails at every start until somebody runs `vflane apply`.',
  },
  {
    code: 'VF2087',
    severity: 'info',
    title: 'The disk of a VM differs in size from the file',
    explanation:
      'An existing disk is enlarged only while its guest is off, because QEMU has it open, and never shrunk, because what would be cut off may be in use. Until then the guest goes on with the size that it has.',
  },
  {
    code: 'VF2088',
    severity: error,
    title: 'The image or disk of a VM refers to another file',
    explanation:
      'An image can name another file as its base or as its data (`backing file`, `data file` of qcow2; the extents of vmdk), and QEMU opens as root whatever it names: a guest made from somebody’s image could read any file of the host, even /etc/shadow. So an image must be raw or qcow2, and whole. A guest’s disk may refer only to its image. This is checked again whenever the guest starts, because whoever has broken out of its QEMU can write to the disk.',
  },
];
