import * as z from 'zod/mini';
import { readSubnet } from './address.ts';
import { host } from './shape-host.ts';
import {
  anyAddress,
  described,
  mapping,
  named,
  namePattern,
  oneOrMore,
  text,
  wholeNumber,
  withSchema,
} from './shape-parts.ts';

function uplink() {
  return described(
    mapping({
      host: described(z.string(), 'The host of this file that has the uplink.', 'the name of a host'),
      vlan: described(wholeNumber(1, 4094), 'VLAN id outside.', 'a VLAN id from 1 to 4094'),
    }),
    'Where the network leaves the fabric: a VLAN on the ports of one host.',
    'a mapping { host, vlan }',
  );
}

function network() {
  const ip = () => anyAddress('VF1016');
  return described(
    mapping({
      id: described(
        wholeNumber(1, 0xffffff),
        'VLAN id (1–4094) on legacy-vlan hosts, VNI (1–16777215) on overlay hosts.',
        'a whole number from 1 to 4094 (VLAN) or to 16777215 (VNI)',
      ),
      mtu: z.optional(
        described(
          wholeNumber(68, 9978),
          'Bytes of IP packet a guest may send; default: 1500.',
          'bytes from 68 to 9978',
        ),
      ),
      subnet: z.optional(
        oneOrMore(
          () => text('VF1016', readSubnet),
          'The subnet, or one of IPv4 and one of IPv6.',
          'a subnet such as 192.168.10.0/24, or a list',
        ),
      ),
      gateway: z.optional(
        oneOrMore(ip, "The guests' default gateway, one a family.", 'an address such as 10.3.0.1, or a list'),
      ),
      dns: z.optional(oneOrMore(ip, 'Name servers of the guests.', 'an address such as 10.3.0.1, or a list')),
      'arp-targets': z.optional(
        oneOrMore(
          ip,
          "Addresses off the hosts that a guest's bond asks for, to see a dead switch behind a live carrier.",
          'an address such as 10.3.0.1, or a list of at most 16',
        ),
      ),
      uplink: z.optional(uplink()),
    }),
    "A tenant's layer 2.",
    'a mapping { id, mtu, subnet, gateway, dns, arp-targets, uplink }',
  );
}

function fabric() {
  return described(
    mapping({
      vflane: z.optional(described(z.literal(1), 'Version of the format.', '1')),
      name: described(
        withSchema(z.string(), namePattern),
        'Goes into every MAC address, so that two fabrics on one wire never collide.',
        'a name',
      ),
      networks: z.optional(
        described(z.nullable(named(network())), 'Networks by name.', 'a mapping of network names'),
      ),
      hosts: described(named(host()), 'Hosts by name.', 'a mapping of host names'),
    }),
    'What vflane makes of one or many hosts that share a fast card among guests.',
    'a mapping { vflane, name, networks, hosts }',
  );
}

let built: ReturnType<typeof fabric> | undefined;

/** The file's shape, built when it is first asked for. */
export function fabricShape(): ReturnType<typeof fabric> {
  built ??= fabric();
  return built;
}
