import * as z from 'zod/mini';
import { readHostCidr, readRoute, readSubnet } from './address.ts';
import { readConnect } from './connect.ts';
import { readCard, readPair, readPf } from './nic.ts';
import { readDisk, readMemory } from './quantity.ts';
import {
  anyAddress,
  attachmentAddress,
  attachmentAddresses,
  described,
  familyAddresses,
  grammar,
  listOf,
  macAddress,
  mapping,
  named,
  oneOrMore,
  rate,
  text,
  wholeNumber,
} from './shape-parts.ts';

/** The most VFs that vflane makes on a port. */
export const mostVfs = 256;

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
          'Bytes of IP packet a guest may send; 1500 unless said.',
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

function attachment() {
  const flag = (description: string) => z.optional(described(z.boolean(), description, 'true or false'));
  const full = mapping({
    address: z.optional(attachmentAddress()),
    v4: z.optional(familyAddresses('IPv4')),
    v6: z.optional(familyAddresses('IPv6')),
    mac: z.optional(
      oneOrMore(
        macAddress,
        'MAC addresses, port 0 first; derived unless given.',
        'a MAC address such as "02:00:00:00:00:01", or a list',
      ),
    ),
    'max-rate': z.optional(
      described(
        rate(),
        'The most that each VF may send: Mb/s, or 500M, 10G; 0 (no limit) unless said.',
        'a number of Mb/s, or an amount such as 500M or 10G',
      ),
    ),
    trust: flag('Lets the guest change its MAC and go promiscuous; false unless said; legacy-vlan only.'),
    spoofchk: flag('Drops what the guest sends under a foreign address; true unless said.'),
  });
  const short = attachmentAddresses();
  return described(
    z.union([short, full]),
    "A guest's place on a network.",
    'an address such as 192.168.10.2/24, a list, dhcp, none, or a mapping { address, v4, v6, mac, max-rate, trust, spoofchk }',
  );
}

function vm() {
  return described(
    mapping({
      cpus: described(wholeNumber(1, 1024), 'Virtual CPUs.', 'a whole number from 1 to 1024'),
      memory: described(
        text('VF1011', readMemory),
        'Memory: 512M, 8G, 1T (binary units).',
        'an amount such as 8G',
      ),
      disk: described(
        text('VF1011', readDisk),
        'Disk image: a file name or a path.',
        'a file name such as debian-13.qcow2',
      ),
    }),
    'A virtual machine that vflane runs.',
    'a mapping { cpus, memory, disk }',
  );
}

function guest() {
  const kind = (description: string) =>
    z.optional(described(z.literal(true), description, 'true, or leave the key out'));
  return described(
    mapping({
      vm: z.optional(vm()),
      netns: kind('A network namespace of the host.'),
      external: kind("VFs on vfio-pci for somebody else's VM manager."),
      host: kind('The machine itself.'),
      networks: described(
        named(attachment()),
        'The networks it is on, by name.',
        'a mapping of network names',
      ),
    }),
    'What VFs are given to; exactly one of vm, netns, external and host.',
    'a mapping { vm or netns or external or host, networks }',
  );
}

function underlay() {
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
    vlan: z.optional(
      described(
        wholeNumber(1, 4094),
        'VLAN id of the underlay; untagged unless given.',
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
        'Addresses that the bond asks for to see a dead switch.',
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
    'an address such as 192.168.9.2/24, or a mapping { address, vlan, routes, arp-targets, adopt }',
  );
}

function nic() {
  const pfs = z.array(text('VF1033', readPf)).check(grammar('VF1033', readPair));
  return described(
    z.union([text('VF1033', readCard), described(pfs, 'Both PFs, port 0 first.', 'a list of two PFs')]),
    'The card (both ports), its two PFs, or software (no SR-IOV).',
    'a card such as "0000:03:00", a list of two PFs, or software',
  );
}

function host() {
  return described(
    mapping({
      connect: described(
        text('VF1032', readConnect),
        'How the host is reached: an OpenSSH destination, local, lab:NAME, or sim:CARD[/KERNEL][?num-of-vfs=N].',
        'an OpenSSH destination such as root@alpha, local, lab:NAME, or sim:CARD',
      ),
      datapath: described(
        z.enum(['legacy-vlan', 'ovs-tc', 'ovs-dpdk']),
        'The way the card is shared.',
        'legacy-vlan, ovs-tc or ovs-dpdk',
      ),
      nic: nic(),
      vfs: z.optional(
        described(
          wholeNumber(1, mostVfs),
          'VFs in the pool of each port; 8 unless said.',
          `a whole number from 1 to ${mostVfs}`,
        ),
      ),
      underlay: z.optional(underlay()),
      offload: z.optional(
        described(
          z.enum(['required', 'preferred', 'off']),
          'Whether the card has to switch the tunnels itself; required unless said.',
          'required, preferred or off',
        ),
      ),
      guests: z.optional(
        described(
          z.nullable(named(guest())),
          'Guests by name; a name stands once in the file.',
          'a mapping of guest names',
        ),
      ),
    }),
    'A machine with a card.',
    'a mapping { connect, datapath, nic, vfs, underlay, offload, guests }',
  );
}

function fabric() {
  return described(
    mapping({
      vflane: z.optional(described(z.literal(1), 'Version of the format.', '1')),
      name: described(
        z.string(),
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

export type FileShape = z.infer<ReturnType<typeof fabric>>;
