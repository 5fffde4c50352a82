/** A message of the kernel or of netlink that has one known meaning. */
export interface KernelWords {
  readonly words: RegExp;
  /** Its explanation in the catalogue. */
  readonly code: string;
  /** What it means, in a sentence. */
  readonly means: string;
}

/** The known messages (facts §1.2, §1.3, §2.1, §3.1, §4.3, §5). The first match counts. */
const known: readonly KernelWords[] = [
  {
    words:
      /CREATE_LAG.*0x7d49cb|Failed to activate VF LAG|VFs are unbound prior to VF LAG|Failed to create LAG/,
    code: 'VF2048',
    means:
      'the firmware makes no LAG while a VF has a driver: unbind every VF, then take a port out of the bond and back in',
  },
  {
    words: /Failed to deactivate VF LAG/,
    code: 'VF2129',
    means: 'the bond went while VFs had drivers, and the card kept its LAG: the driver has to be reloaded',
  },
  {
    words: /more than 64 VFs/,
    code: 'VF2102',
    means:
      'the firmware’s NUM_OF_VFS is above 64, and the card makes no LAG then, however few VFs are in use',
  },
  {
    words: /TX type isn't supported/,
    code: 'VF2124',
    means: 'the card makes a LAG of bonds in active-backup, balance-xor and 802.3ad only',
  },
  {
    words: /0x98afbb|slow path FDB|Failed setting eswitch to offloads/,
    code: 'VF2130',
    means: 'the firmware makes no switch while a VF has a driver: unbind every VF first',
  },
  {
    words: /E-Switch is busy/,
    code: 'VF2130',
    means: 'rules in the card or another change hold the switch: take its representors off their bridges',
  },
  {
    words: /not enough MMIO resources|IOV BARS not allocated|out of range of \[bus/,
    code: 'VF2131',
    means:
      'the BIOS gave the VFs no address space or bus numbers: “Above 4G decoding” and SR-IOV on, or fewer VFs',
  },
  {
    words: /no driver bound to device; cannot configure SR-IOV/,
    code: 'VF2002',
    means: 'the port’s own driver is gone: bind it again (drivers_probe)',
  },
  {
    words: /VFs already enabled\. Disable before enabling/,
    code: 'VF3003',
    means: 'the number of VFs changes only through 0, which takes every VF from its guest',
  },
  {
    words: /Relaying device request to user|blocked until (device is )?released/,
    code: 'VF2132',
    means: 'a guest has a VF open, and the kernel waits for it to let go',
  },
  {
    words: /Spoofchk in set while MAC is invalid/,
    code: 'VF2112',
    means: 'spoofchk was set on a VF without a MAC: nothing that it sends passes',
  },
  {
    words: /probe of \S+ failed with error -22/,
    code: 'VF2005',
    means: 'vfio-pci takes no function without an IOMMU group: is the IOMMU on?',
  },
  {
    words: /Cannot init EAL|No free \d+ kB hugepages/,
    code: 'VF2121',
    means: 'DPDK found too few hugepages, and ended the daemon',
  },
  {
    words: /available PCIe bandwidth, limited by/,
    code: 'VF2114',
    means: 'the slot gives the card fewer lanes, or a lower speed, than it could use',
  },
  {
    words: /direct PCI access is restricted|Lockdown:/,
    code: 'VF2122',
    means: 'the kernel is locked down (Secure Boot): the firmware tools are refused',
  },
  {
    words: /can not be enslaved while up/i,
    code: 'VF2126',
    means: 'a port has to be down while it is put into a bond',
  },
  {
    words: /Unknown symbol|disagrees about version of symbol/,
    code: 'VF2164',
    means: 'two builds of the driver are mixed: reboot after NVIDIA’s package was installed or removed',
  },
];

/** The meaning of a line; undefined if it is unknown. */
export function kernelWordsFor(line: string): KernelWords | undefined {
  return known.find(({ words }) => words.test(line));
}

/** All of them. */
export const kernelWords: readonly KernelWords[] = known;
