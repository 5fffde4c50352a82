import * as z from 'zod/mini';
import { readNone, readSshKey } from './cloud-init.ts';
import { readFunction } from './nic.ts';
import { readDisk, readMemory } from './quantity.ts';
import { described, listOf, mapping, text, wholeNumber } from './shape-parts.ts';

function amount(description: string) {
  return described(text('VF1011', readMemory), description, 'an amount such as 8G');
}

function flag(description: string) {
  return z.optional(described(z.boolean(), description, 'true or false'));
}

function cloudInit() {
  const key = () => described(text('VF1052', readSshKey), 'A public key.', 'a line of an id_ed25519.pub');
  const full = mapping({
    'ssh-keys': z.optional(
      listOf(key(), "Public keys that may log in as the image's default user.", 'a list of public keys'),
    ),
    'user-data': z.optional(
      described(
        text('VF1011', readDisk),
        'A file on the host that cloud-init gets unchanged.',
        'a file name or an absolute path',
      ),
    ),
  });
  return described(
    z.union([text('VF1011', readNone), full]),
    'What cloud-init finds in the guest besides its networks; none for an image without cloud-init.',
    'none, or a mapping { ssh-keys, user-data }',
  );
}

export function vm() {
  const pci = described(text('VF1051', readFunction), 'A PCI function.', 'an address such as "0000:41:00.0"');
  return described(
    mapping({
      cpus: described(wholeNumber(1, 1024), 'Virtual CPUs.', 'a whole number from 1 to 1024'),
      memory: amount('Memory: 512M, 8G, 1T (binary units).'),
      disk: described(
        text('VF1011', readDisk),
        'Disk image, only read: an absolute path, or a name below /var/lib/vflane/images on the host.',
        'a file name such as debian-13.qcow2',
      ),
      'disk-size': z.optional(amount("Size of the guest's disk; default: that of the image.")),
      hugepages: flag('Backs its memory with pages of 2 MiB; default: false.'),
      pci: z.optional(
        listOf(
          pci,
          'PCI functions of the host that it gets whole, such as NVMe drives and GPUs.',
          'a list of addresses such as "0000:41:00.0"',
        ),
      ),
      manager: z.optional(
        described(z.enum(['systemd', 'libvirt']), 'What runs it; default: systemd.', 'systemd or libvirt'),
      ),
      autostart: flag('Whether it starts with the host; default: true.'),
      firmware: z.optional(
        described(z.enum(['bios', 'uefi']), 'What boots it; default: bios.', 'bios or uefi'),
      ),
      'cloud-init': z.optional(cloudInit()),
    }),
    'A virtual machine that vflane runs.',
    'a mapping { cpus, memory, disk, disk-size, hugepages, pci, manager, autostart, firmware, cloud-init }',
  );
}
