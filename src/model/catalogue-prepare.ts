import type { CatalogueEntry } from './finding.ts';

/** VF2230–2249: what `vflane prepare` has to say. */
export const prepareFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF2230',
    severity: 'warning',
    title: 'The host has to be restarted',
    explanation:
      'Words of the kernel’s command line count from the next start on: intel_iommu=on, without which an Intel host may have no IOMMU, and hugepages, which are found most surely while memory is still whole. They stand in /etc/default/grub.d/vflane.cfg, which GRUB reads. vflane restarts no host: do it when its guests allow, and ask again.',
  },
  {
    code: 'VF2231',
    severity: 'error',
    title: 'The firmware keeps the IOMMU off',
    explanation:
      'A VF goes to a VM, and a port to DPDK, through VFIO, which needs an IOMMU. The firmware describes it in an ACPI table, DMAR (Intel) or IVRS (AMD); without one no word on the kernel’s command line helps. Switch it on in the firmware’s setup, where it is called VT-d, AMD-Vi or IOMMU.',
  },
  {
    code: 'VF2232',
    severity: 'warning',
    title: 'The kernel has mlx5 without tc offload',
    explanation:
      'Debian 13’s kernel has CONFIG_NET_TC_SKB_EXT off, on which mlx5’s MLX5_CLS_ACT depends: nothing is offloaded, and the card’s ports are never paired (facts §0). `vflane prepare` prints the way to Debian’s own kernel with that option, and to NVIDIA’s driver. It runs neither: a kernel is replaced by whoever answers for the host.',
  },
  {
    code: 'VF2233',
    severity: 'error',
    title: 'apt cannot install what is missing',
    explanation:
      '`prepare` asks apt on the host what it would install (apt-get -s install), and apt knows no such package, or cannot bring it together with what is there. The lists may be old, or the sources name another release: DPDK’s packages carry the number of their ABI, 23 in Debian 12 and 25 in Debian 13. Say apt-get update on the host, and ask again.',
  },
  {
    code: 'VF2234',
    severity: 'error',
    title: 'The host does not run Debian',
    explanation:
      '`prepare` installs Debian’s packages by their names, and /etc/os-release names another system. vflane works there as long as the same programs are there: the hint has what they are called in Debian. Everything but `prepare` looks for the programs themselves.',
  },
  {
    code: 'VF2235',
    severity: 'warning',
    title: 'Another boot loader than Debian’s GRUB starts the host',
    explanation:
      '`prepare` writes the words for the kernel’s command line into /etc/default/grub.d/vflane.cfg and has update-grub read it. There is no update-grub on this host, so nothing is written. Add the words where your boot loader keeps them, and restart the host.',
  },
  {
    code: 'VF2236',
    severity: 'info',
    title: 'What prepare brought stays for now',
    explanation:
      '`destroy` takes the network away first and leaves the packages and files that `prepare` brought: whether everything is gone is seen with these very programs, and other things on the host may have come to use them. Said once more, it takes those away, too; dpkg refuses where something that was installed since depends on one.',
  },
];
