import * as z from 'zod/mini';
import {
  attachmentAddress,
  attachmentAddresses,
  described,
  familyAddresses,
  macAddress,
  mapping,
  named,
  oneOrMore,
  rate,
  wholeNumber,
  withSchema,
} from './shape-parts.ts';
import { vm } from './shape-vm.ts';

function attachment() {
  const flag = (description: string) => z.optional(described(z.boolean(), description, 'true or false'));
  const full = mapping({
    address: z.optional(attachmentAddress()),
    v4: z.optional(familyAddresses('IPv4')),
    v6: z.optional(familyAddresses('IPv6')),
    mac: z.optional(
      oneOrMore(
        macAddress,
        'MAC addresses, port 0 first; derived by default.',
        'a MAC address such as "02:00:00:00:00:01", or a list',
      ),
    ),
    vf: z.optional(
      described(
        wholeNumber(0, 511),
        'Which VF of the pool it has: with legacy-vlan on each port, on an overlay counted from port 0; by default the first free one.',
        'the number of a VF, from 0',
      ),
    ),
    'max-rate': z.optional(
      described(
        rate(),
        'The most that each VF may send: Mb/s, or 500M, 10G; default: 0 (no limit).',
        'a number of Mb/s, or an amount such as 500M or 10G',
      ),
    ),
    trust: flag('Lets the guest change its MAC and go promiscuous; default: false; legacy-vlan only.'),
    spoofchk: flag('Drops what the guest sends from an address that is not its own; default: true.'),
  });
  const short = attachmentAddresses();
  return described(
    z.union([short, full]),
    "A guest's place on a network.",
    'an address such as 192.168.10.2/24, a list, dhcp, none, or a mapping { address, v4, v6, mac, vf, max-rate, trust, spoofchk }',
  );
}

export function guest() {
  const kind = (description: string) =>
    z.optional(described(z.literal(true), description, 'true, or leave the key out'));
  const full = mapping({
    vm: z.optional(vm()),
    netns: kind('A network namespace of the host.'),
    external: kind("VFs on vfio-pci for somebody else's VM manager."),
    host: kind('The machine itself.'),
    networks: described(named(attachment()), 'The networks it is on, by name.', 'a mapping of network names'),
  });
  const kinds = ['vm', 'netns', 'external', 'host'];
  return described(
    withSchema(full, { oneOf: kinds.map((one) => ({ required: [one] })) }),
    'What receives the VFs: exactly one of vm, netns, external and host.',
    'a mapping { vm or netns or external or host, networks }',
  );
}
