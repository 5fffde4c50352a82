import type { CatalogueEntry } from './finding.ts';

/** VF2230–2249: what `vflane prepare` has to say. */
export const prepareFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF2230',
    severity: 'warning',
    title: 'The host has to be rebooted',
    explanation:
      'Kernel command-line options take effect at the next boot: intel_iommu=on, without which an Intel host may have no IOMMU, and hugepages, which are easiest to find before memory is fragmented. They are in /etc/default/grub.d/vflane.cfg, which GRUB reads. vflane reboots no host: do it when its guests allow, and try again.',
  },
  {
    code: 'VF2231',
    severity: 'error',
    title: 'The firmware keeps the IOMMU off',
    explanation:
      'A VF goes to a VM, and a port to DPDK, through VFIO, which needs an IOMMU. The firmware describes it in an ACPI table, DMAR (Intel) or IVRS (AMD); without one no kernel command-line option helps. Switch it on in the firmware’s setup, where it is called VT-d, AMD-Vi or IOMMU.',
  },
  {
    code: 'VF2232',
    severity: 'warning',
    title: 'The kernel’s mlx5 driver lacks tc offload',
    explanation:
      'Debian 13’s kernel has CONFIG_NET_TC_SKB_EXT off, on which mlx5’s MLX5_CLS_ACT depends: nothing is offloaded, and the card’s ports are never paired (facts §0). `vflane prepare` prints how to get Debian’s own kernel with that option, or NVIDIA’s driver. It runs neither: replacing a kernel is up to whoever answers for the host.',
  },
  {
    code: 'VF2233',
    severity: 'error',
    title: 'apt cannot install what is missing',
    explanation:
      '`prepare` asks apt on the host what it would install (apt-get -s install), and apt knows no such package, or cannot install it with what is there. The lists may be old, or the sources name another release: the names of DPDK’s packages contain their ABI, 23 in Debian 12 and 25 in Debian 13. Run apt-get update on the host, and try again.',
  },
  {
    code: 'VF2234',
    severity: 'error',
    title: 'The host does not run Debian',
    explanation:
      '`prepare` installs Debian’s packages by name, and /etc/os-release names another system. vflane works there if the same programs are installed: the hint has their names in Debian. Everything but `prepare` looks for the programs themselves.',
  },
  {
    code: 'VF2235',
    severity: 'warning',
    title: 'The host does not boot with Debian’s GRUB',
    explanation:
      '`prepare` writes kernel command-line options to /etc/default/grub.d/vflane.cfg and runs update-grub to read them. There is no update-grub on this host, so nothing is written. Add the options where your boot loader keeps them, and reboot the host.',
  },
  {
    code: 'VF2236',
    severity: 'info',
    title: 'What prepare installed stays for now',
    explanation:
      '`destroy` removes the network first and leaves the packages and files that `prepare` installed: vflane needs these programs to see whether everything is gone, and other things on the host may now use them. A second `destroy` removes them too; dpkg refuses if something installed since depends on one.',
  },
];
