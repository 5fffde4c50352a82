import type { CatalogueEntry } from './finding.ts';

const error = 'error' as const;

/** VF1049 to VF1069: what is wrong in the file with a VM. */
export const vmFileFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF1049',
    severity: error,
    title: 'A PCI function is given twice',
    explanation:
      'What stands under `pci` is taken from the host and given to one VM whole. Two VMs, or the same one twice, cannot have it: the second QEMU would find its VFIO group busy.',
  },
  {
    code: 'VF1050',
    severity: error,
    title: 'A function of the shared card is given away whole',
    explanation:
      'The ports of the card under `nic`, its VFs, and the functions that carry the underlay belong to the fabric. With one of them gone from the host, every guest of it would lose its lanes. A guest is put on networks instead, and has a VF for each.',
  },
  {
    code: 'VF1051',
    severity: error,
    title: 'A PCI address is none',
    explanation:
      'A function is named by domain, bus, device and function, such as "0000:41:00.0"; `lspci -D` prints it so. In quotes, because other readers of YAML take some of them for numbers.',
  },
  {
    code: 'VF1052',
    severity: error,
    title: 'A public key is none',
    explanation:
      'A key is one line of the form that ssh-keygen writes into id_ed25519.pub: its type, its base64, a comment. Options in front of it are not taken, and neither is a private key.',
  },
  {
    code: 'VF1053',
    severity: error,
    title: 'Memory of hugepages is not a whole number of pages',
    explanation:
      'With `hugepages: true` a guest’s memory is made of pages of 2 MiB, so that it is an even number of MiB. QEMU refuses another size when it starts.',
  },
];
