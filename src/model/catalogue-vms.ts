import type { CatalogueEntry } from './finding.ts';

const error = 'error' as const;

/** VF1049 to VF1069: what is wrong in the file with a VM. */
export const vmFileFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF1049',
    severity: error,
    title: 'A PCI function is given twice',
    explanation:
      'A function under `pci` is taken from the host and given whole to one VM. Two VMs, or the same one twice, cannot have it: the second QEMU would find its VFIO group busy.',
  },
  {
    code: 'VF1050',
    severity: error,
    title: 'A function of the shared card is given away whole',
    explanation:
      'The ports of the card under `nic`, its VFs, and the functions that carry the underlay belong to the fabric. If the host lost one of them, all of its guests would lose their lanes. Put the guest on networks instead: it gets a VF for each.',
  },
  {
    code: 'VF1051',
    severity: error,
    title: 'A PCI address is not valid',
    explanation:
      'A function is named by domain, bus, device and function, such as "0000:41:00.0", as `lspci -D` prints it. Quote it, because other YAML readers take some of them for numbers.',
  },
  {
    code: 'VF1052',
    severity: error,
    title: 'A public key is not valid',
    explanation:
      'A key is one line in the form that ssh-keygen writes to id_ed25519.pub: its type, its base64, a comment. Options in front of it are refused, and so is a private key.',
  },
  {
    code: 'VF1053',
    severity: error,
    title: 'Memory in hugepages is not a whole number of pages',
    explanation:
      'With `hugepages: true` a guest’s memory consists of 2 MiB pages, so it must be an even number of MiB. QEMU refuses any other size when it starts.',
  },
];
