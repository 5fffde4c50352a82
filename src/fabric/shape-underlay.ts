import * as z from 'zod/mini';
import { readHostCidr, readRoute } from './address.ts';
import { readPort } from './nic.ts';
import { anyAddress, described, listOf, mapping, oneOrMore, text, wholeNumber } from './shape-parts.ts';

export function underlay() {
  const address = () => text('VF1016', readHostCidr);
  const route = mapping({
    to: described(text('VF1016', readRoute), 'Where to.', 'a subnet such as 192.168.0.0/16'),
    via: described(anyAddress('VF1016'), 'Next hop, on the underlay.', 'an address such as 192.168.9.1'),
  });
  const full = mapping({
    address: described(
      address(),
      'Address and prefix of the tunnel end.',
      'an address such as 192.168.9.2/24',
    ),
    ports: z.optional(
      listOf(
        described(
          text('VF1047', readPort),
          'A netdev; or a PCI function, for DPDK.',
          'a netdev such as eth1, or with ovs-dpdk a PCI address such as "0000:03:00.0"',
        ),
        'With nic: software, the netdevs that carry the underlay: one, or several as a bond. With ovs-dpdk also PCI addresses: DPDK takes those from the kernel.',
        'a list of netdevs such as [eth1, eth2], or of PCI addresses',
      ),
    ),
    vlan: z.optional(
      described(
        wholeNumber(1, 4094),
        'VLAN id of the underlay; default: untagged.',
        'a VLAN id from 1 to 4094',
      ),
    ),
    routes: z.optional(
      listOf(
        described(route, 'A route.', 'a mapping { to, via }'),
        'Routes to the other tunnel ends.',
        'a list of { to, via }',
      ),
    ),
    'arp-targets': z.optional(
      oneOrMore(
        () => anyAddress('VF1016'),
        'Addresses that the bond probes to notice a dead switch.',
        'an address such as 192.168.9.1, or a list of at most 16',
      ),
    ),
    adopt: z.optional(
      described(z.boolean(), "The address is on the host already and stays the host's own.", 'true or false'),
    ),
  });
  return described(
    z.union([address(), full]),
    'The tunnel end of an overlay host.',
    'an address such as 192.168.9.2/24, or a mapping { address, ports, vlan, routes, arp-targets, adopt }',
  );
}
