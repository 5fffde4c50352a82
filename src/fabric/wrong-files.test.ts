import { describe, expect, test } from 'vitest';
import { parseFabric } from './parse-fabric.ts';

/** Where a `¦` stands in a text the finding is expected; it is not part of the text. */
function parsed(marked: string) {
  const at = marked.indexOf('¦');
  const before = marked.slice(0, at).split('\n');
  const place = { line: before.length, col: (before.at(-1) ?? '').length + 1 };
  const { fabric, findings } = parseFabric(marked.replace('¦', ''), 'fabric.yaml');
  return { fabric, findings, place };
}

const host = 'connect: local, datapath: legacy-vlan, nic: "0000:03:00"';
const overlay = 'connect: root@b, datapath: ovs-tc, nic: "0000:03:00", underlay: 192.168.9.2/24';

/** A fabric with these networks, and these guests on one legacy-vlan host. */
function fabricOf(networks: string, guests: string, more = ''): string {
  return `name: t\nnetworks: { ${networks} }\nhosts:\n  a: { ${host}${more}, guests: { ${guests} } }\n`;
}

const net = 'n: { id: 7, subnet: 10.0.0.0/24 }';

const wrong: readonly (readonly [code: string, what: string, marked: string, hint: RegExp])[] = [
  // The text.
  ['VF1001', 'a NUL', 'name: t¦\0\nhosts: {}\n', /delete it/],
  ['VF1001', 'an escape sequence', 'name: ¦\u001b[31mt\nhosts: {}\n', /delete it/],
  ['VF1001', 'bytes that are not UTF-8', 'name: ¦\ufffd\nhosts: {}\n', /UTF-8/],
  ['VF1001', 'a turned direction of writing', 'name: t # ¦\u202e gnol\nhosts: {}\n', /delete it/],
  ['VF1002', 'a tab for indentation', 'name: t\nhosts:\n¦\ta: {}\n', /spaces/],
  ['VF1002', 'an open bracket', 'name: t\nhosts: {a: [1\n¦', /syntax/],
  ['VF1002', 'two documents', 'name: t\nhosts: {}\n¦---\nname: u\n', /one document/],
  [
    'VF1002',
    'a key too far right',
    `name: t\nhosts:\n  a:\n    connect: ¦local\n      vfs: 8\n`,
    /same column/,
  ],
  ['VF1002', 'another YAML', '¦%YAML 1.1\n---\nname: t\nhosts: {}\n', /delete the %YAML line/],
  ['VF1002', 'a tag', 'name: ¦!!binary dGVzdA==\nhosts: {}\n', /without a tag/],
  ['VF1002', 'an alias of nothing', 'name: ¦*there\nhosts: {}\n', /anchor/],
  ['VF1002', 'a list as a key', 'name: t\nhosts: {}\n? ¦[a]\n: 1\n', /plain word/],
  ['VF1004', 'nothing', '¦', /name:/],
  ['VF1004', 'only a comment', '¦# nothing yet\n', /name:/],
  ['VF1010', 'a list at the top', '¦- name: t\n', /name:/],
  ['VF1010', 'one word', '¦fabric\n', /name:/],
  // Keys and types.
  ['VF1007', 'an unknown key', 'name: t\n¦colour: red\nhosts: {}\n', /networks, hosts/],
  [
    'VF1010',
    'memory without a unit',
    fabricOf(net, 'g: { vm: { cpus: 1, memory: ¦2048, disk: d.qcow2 }, networks: { n: none } }'),
    /^write its unit, such as 2048M; /,
  ],
  ['VF1007', 'a key of another tool’s', fabricOf('n: { id: 7, ¦vlan_id: 7 }', ''), /did you mean "id"/],
  ['VF1007', 'a mistyped key', fabricOf('n: { id: 7, ¦mut: 9000 }', ''), /did you mean "mtu"/],
  [
    'VF1007',
    'a mistyped key of an attachment',
    fabricOf(net, 'g: { netns: true, networks: { n: { ¦max-rat: 1 } } }'),
    /"max-rate"/,
  ],
  [
    'VF1007',
    'a merge key',
    'x: 1\nname: t\n¦<<: { name: u }\nhosts: {}\n'.replace('x: 1\n', ''),
    /write the keys out/,
  ],
  ['VF1008', 'a key twice', 'name: t\nhosts: {}\n¦name: u\n', /keep one/],
  ['VF1008', 'a host twice', `name: t\nhosts:\n  a: { ${host} }\n  ¦a: { ${host} }\n`, /keep one/],
  ['VF1009', 'no name', '¦hosts: {}\n', /add name: a name/],
  ['VF1009', 'no hosts', '¦name: t\n', /add hosts/],
  ['VF1009', 'no id', 'name: t\nnetworks:\n  ¦n: { mtu: 9000 }\nhosts: {}\n', /add id: .*4094/],
  [
    'VF1009',
    'no datapath',
    'name: t\nhosts:\n  ¦a:\n    connect: local\n    nic: software\n',
    /legacy-vlan, ovs-tc or ovs-dpdk/,
  ],
  ['VF1009', 'no networks of a guest', fabricOf(net, '¦g: { netns: true }'), /add networks/],
  [
    'VF1009',
    'a VM without memory',
    fabricOf(net, 'g: { ¦vm: { cpus: 1, disk: d }, networks: { n: none } }'),
    /8G/,
  ],
  ['VF1010', 'an empty VM', fabricOf(net, 'g: { vm: ¦, networks: { n: none } }'), /cpus, memory, disk/],
  ['VF1010', 'a number as a text', fabricOf('n: { id: ¦"7" }', ''), /without quotes/],
  ['VF1010', 'a number with a leading zero', fabricOf('n: { id: ¦042 }', ''), /write 42: .*octal/],
  ['VF1010', 'a text as a number', 'name: ¦7\nhosts: {}\n', /in quotes/],
  [
    'VF1010',
    'yes for true',
    fabricOf(net, 'g: { netns: ¦yes, networks: { n: none } }'),
    /only true and false/,
  ],
  ['VF1010', 'false for off', `name: t\nhosts:\n  a: { ${host}, offload: ¦false }\n`, /write off/],
  ['VF1010', 'hosts as a list', 'name: t\n¦hosts:\n  - a\n', /mapping of host names/],
  ['VF1011', 'an MTU beyond what cards take', fabricOf('n: { id: 7, mtu: ¦9979 }', ''), /68 to 9978/],
  ['VF1011', 'an MTU of a half', fabricOf('n: { id: 7, mtu: ¦1500.5 }', ''), /68 to 9978/],
  ['VF1011', 'an id of 0', fabricOf('n: { id: ¦0 }', ''), /1 to 4094/],
  ['VF1011', 'an id with 25 bits', fabricOf('n: { id: ¦16777216 }', ''), /16777215/],
  [
    'VF1011',
    'a mistyped datapath',
    `name: t\nhosts:\n  a: { connect: local, nic: software, datapath: ¦legacy-vlna }\n`,
    /did you mean "legacy-vlan"/,
  ],
  ['VF1011', 'no VFs', fabricOf(net, '', ', vfs: ¦0'), /1 to 256/],
  [
    'VF1011',
    'a rate of nothing known',
    fabricOf(net, 'g: { netns: true, networks: { n: { max-rate: ¦10X } } }'),
    /10G/,
  ],
  [
    'VF1011',
    'a disk that climbs',
    fabricOf(net, 'g: { vm: { cpus: 1, memory: 1G, disk: ¦../../etc/shadow }, networks: { n: none } }'),
    /\.\./,
  ],
  [
    'VF1011',
    'memory without a unit',
    fabricOf(net, 'g: { vm: { cpus: 1, memory: ¦"8", disk: d }, networks: { n: none } }'),
    /8G/,
  ],
  [
    'VF1049',
    'a function given to two VMs',
    fabricOf(
      net,
      'g: { vm: { cpus: 1, memory: 1G, disk: d, pci: ["0000:41:00.0"] }, networks: { n: none } }, h: { vm: { cpus: 1, memory: 1G, disk: d, pci: [¦"0000:41:00.0"] }, networks: { n: none } }',
    ),
    /one guest/,
  ],
  [
    'VF1050',
    "a port of the fabric's own card",
    `name: t\nhosts:\n  a:\n    connect: local\n    datapath: legacy-vlan\n    nic: "0000:03:00"\n    guests: { g: { vm: { cpus: 1, memory: 1G, disk: d, pci: [¦"0000:03:00.1"] }, networks: { n: none } } }\nnetworks: { n: { id: 7 } }\n`,
    /lanes by networks/,
  ],
  [
    'VF1051',
    'a function without a domain',
    fabricOf(net, 'g: { vm: { cpus: 1, memory: 1G, disk: d, pci: [¦"41:00.0"] }, networks: { n: none } }'),
    /0000:41:00\.0/,
  ],
  [
    'VF1052',
    'a private key',
    fabricOf(
      net,
      'g: { vm: { cpus: 1, memory: 1G, disk: d, cloud-init: { ssh-keys: [¦"-----BEGIN OPENSSH PRIVATE KEY-----"] } }, networks: { n: none } }',
    ),
    /id_ed25519\.pub/,
  ],
  [
    'VF1053',
    'an odd number of MiB in hugepages',
    fabricOf(net, 'g: { vm: { cpus: 1, memory: ¦1025M, disk: d, hugepages: true }, networks: { n: none } }'),
    /even/,
  ],
  ['VF1011', 'a guest on no network', fabricOf(net, 'g: { netns: true, ¦networks: {} }'), /add a network/],
  [
    'VF1011',
    'two gateways of one family',
    fabricOf('n: { id: 7, gateway: [10.0.0.1, ¦10.0.0.2] }', ''),
    /one gateway/,
  ],
  ['VF1012', 'a later format', 'vflane: ¦2\nname: t\nhosts: {}\n', /1/],
  // Names.
  ['VF1013', 'an upper-case name', 'name: ¦Rack_7\nhosts: {}\n', /rack-7/],
  [
    'VF1013',
    'a name for a shell',
    fabricOf(net, '¦"g; reboot": { netns: true, networks: { n: none } }'),
    /g-reboot/,
  ],
  ['VF1013', 'a substitution', fabricOf('¦"$(id)": { id: 7 }', ''), /a–z/],
  ['VF1013', 'a path', `name: t\nhosts:\n  ¦../etc: { ${host} }\n`, /a–z/],
  ['VF1013', 'a newline', fabricOf(net, '¦"g\\nh": { netns: true, networks: { n: none } }'), /a–z/],
  ['VF1013', 'an option', fabricOf(net, '¦-oProxyCommand: { netns: true, networks: { n: none } }'), /a–z/],
  ['VF1013', 'a prototype', fabricOf(net, '¦__proto__: { netns: true, networks: { n: none } }'), /a–z/],
  ['VF1013', '64 characters', fabricOf(`¦${'n'.repeat(64)}: { id: 7 }`, ''), /63/],
  // Networks.
  ['VF1014', 'an id twice', fabricOf('n: { id: 7 }, m: { id: ¦7 }', ''), /of its own/],
  [
    'VF1015',
    'a VNI on a legacy-vlan host',
    fabricOf('n: { id: ¦4095 }', 'g: { netns: true, networks: { n: none } }'),
    /1 to 4094/,
  ],
  [
    'VF1016',
    'a subnet with host bits',
    fabricOf('n: { id: 7, subnet: ¦10.0.0.1/24 }', ''),
    /10\.0\.0\.0\/24/,
  ],
  [
    'VF1016',
    'an address without a prefix',
    fabricOf(net, 'g: { netns: true, networks: { n: ¦10.0.0.2 } }'),
    /10\.0\.0\.2\/24/,
  ],
  [
    'VF1016',
    'an octal address',
    fabricOf(net, 'g: { netns: true, networks: { n: ¦10.0.0.010/24 } }'),
    /192\.168\.10\.2\/24/,
  ],
  ['VF1016', 'a prefix of 33', fabricOf(net, 'g: { netns: true, networks: { n: ¦10.0.0.2/33 } }'), /\/32/],
  [
    'VF1016',
    'a multicast address',
    fabricOf(net, 'g: { netns: true, networks: { n: ¦224.0.0.5/24 } }'),
    /unicast/,
  ],
  [
    'VF1016',
    'IPv6 under v4',
    fabricOf('n: { id: 7 }', 'g: { netns: true, networks: { n: { v4: ¦"fd00::2/64" } } }'),
    /under v6/,
  ],
  [
    'VF1016',
    'a gateway with a prefix',
    fabricOf('n: { id: 7, gateway: ¦10.0.0.1/24 }', ''),
    /without the prefix/,
  ],
  [
    'VF1019',
    'a gateway outside',
    fabricOf('n: { id: 7, subnet: 10.0.0.0/24, gateway: ¦10.0.1.1 }', ''),
    /10\.0\.0\.0\/24/,
  ],
  [
    'VF1019',
    'an address outside',
    fabricOf(net, 'g: { netns: true, networks: { n: ¦10.0.1.2/24 } }'),
    /10\.0\.0\.0\/24/,
  ],
  [
    'VF1019',
    'another prefix',
    fabricOf(net, 'g: { netns: true, networks: { n: ¦10.0.0.2/16 } }'),
    /10\.0\.0\.2\/24/,
  ],
  [
    'VF1020',
    "the network's own address",
    fabricOf(net, 'g: { netns: true, networks: { n: ¦10.0.0.0/24 } }'),
    /another address/,
  ],
  [
    'VF1020',
    'the broadcast address',
    fabricOf(net, 'g: { netns: true, networks: { n: [10.0.0.2/24, ¦10.0.0.255/24] } }'),
    /another address/,
  ],
  [
    'VF1021',
    'two subnets that overlap',
    fabricOf('n: { id: 7, subnet: [10.0.0.0/8, ¦10.1.0.0/16] }', ''),
    /keep one/,
  ],
  [
    'VF1031',
    'an uplink on no host',
    fabricOf('n: { id: 7, uplink: { host: ¦b, vlan: 1 } }', ''),
    /did you mean "a"/,
  ],
  ['VF1035', 'IPv6 with a small MTU', fabricOf('n: { id: 7, mtu: ¦1279, subnet: "fd00::/64" }', ''), /1280/],
  // Hosts.
  [
    'VF1032',
    'an option for a destination',
    `name: t\nhosts:\n  a: { connect: ¦-oProxyCommand=id, datapath: legacy-vlan, nic: software }\n`,
    /user@host/,
  ],
  [
    'VF1033',
    'a card without its domain',
    `name: t\nhosts:\n  a: { connect: local, datapath: legacy-vlan, nic: ¦"03:00" }\n`,
    /"0000:03:00"/,
  ],
  [
    'VF1033',
    'a card as a number',
    `name: t\nhosts:\n  a: { connect: local, datapath: legacy-vlan, nic: ¦03 }\n`,
    /quotes/,
  ],
  [
    'VF1033',
    'one PF twice',
    `name: t\nhosts:\n  a: { connect: local, datapath: legacy-vlan, ¦nic: ["0000:03:00.0", "0000:03:00.0"] }\n`,
    /two different PFs/,
  ],
  [
    'VF1033',
    'one PF',
    `name: t\nhosts:\n  a: { connect: local, datapath: legacy-vlan, ¦nic: ["0000:03:00.0"] }\n`,
    /two different PFs/,
  ],
  [
    'VF1023',
    'more guests than VFs',
    fabricOf(
      net,
      'g: { netns: true, networks: { n: none } }, h: { netns: true, networks: { n: none } }',
      ', vfs: ¦1',
    ),
    /vfs: 2/,
  ],
  ['VF1024', 'a pool too large for a LAG', `name: t\nhosts:\n  b: { ${overlay}, vfs: ¦65 }\n`, /1 to 64/],
  [
    'VF1025',
    'an overlay without an underlay',
    'name: t\nhosts:\n  ¦b: { connect: root@b, datapath: ovs-tc, nic: "0000:03:00" }\n',
    /192\.168\.9\.2\/24/,
  ],
  [
    'VF1026',
    'an underlay without an overlay',
    `name: t\nhosts:\n  a: { ${host}, ¦underlay: 192.168.9.2/24 }\n`,
    /delete the key/,
  ],
  [
    'VF1019',
    'a next hop elsewhere',
    `name: t\nhosts:\n  b: { connect: local, datapath: ovs-tc, nic: software, underlay: { address: 192.168.9.2/24, routes: [{ to: 10.0.0.0/8, via: ¦192.168.8.1 }] } }\n`,
    /192\.168\.9\.2\/24/,
  ],
  [
    'VF1043',
    'ports beside a card',
    'name: t\nhosts:\n  b: { connect: root@b, datapath: ovs-tc, nic: "0000:03:00", underlay: { address: 192.168.9.2/24, ¦ports: [eth1] } }\n',
    /nic: software/,
  ],
  [
    'VF1044',
    'a userspace datapath without ports',
    'name: t\nhosts:\n  b: { connect: root@b, datapath: ovs-dpdk, nic: software, underlay: ¦192.168.9.2/24 }\n',
    /ports: \[eth1\]/,
  ],
  [
    'VF1046',
    'an uplink on the VLAN of the tunnels',
    'name: t\nnetworks: { n: { id: 1, uplink: { host: b, vlan: ¦7 } } }\nhosts:\n  b: { connect: root@b, datapath: ovs-tc, nic: "0000:03:00", underlay: { address: 192.168.9.2/24, vlan: 7 } }\n',
    /another VLAN/,
  ],
  [
    'VF1046',
    'two networks on one VLAN',
    'name: t\nnetworks: { n: { id: 1, uplink: { host: b, vlan: 7 } }, m: { id: 2, uplink: { host: b, vlan: ¦7 } } }\nhosts:\n  b: { connect: root@b, datapath: ovs-tc, nic: "0000:03:00", underlay: 192.168.9.2/24 }\n',
    /of its own/,
  ],
  [
    'VF1047',
    'a port that is not a netdev',
    'name: t\nhosts:\n  b: { connect: root@b, datapath: ovs-tc, nic: software, underlay: { address: 192.168.9.2/24, ports: [¦"eth1; reboot"] } }\n',
    /ip link/,
  ],
  [
    'VF1047',
    'a port without its PCI domain',
    'name: t\nhosts:\n  b: { connect: root@b, datapath: ovs-dpdk, nic: software, underlay: { address: 192.168.9.2/24, ports: [¦"01:00.0"] } }\n',
    /"0000:01:00\.0"/,
  ],
  [
    'VF1048',
    'a PCI function for the kernel’s bridge',
    'name: t\nhosts:\n  b: { connect: root@b, datapath: ovs-tc, nic: software, underlay: { address: 192.168.9.2/24, ports: [¦"0000:01:00.0"] } }\n',
    /ovs-dpdk/,
  ],
  [
    'VF1048',
    'ports of both kinds',
    'name: t\nhosts:\n  b: { connect: root@b, datapath: ovs-dpdk, nic: software, underlay: { address: 192.168.9.2/24, ports: ["0000:01:00.0", ¦eth1] } }\n',
    /PCI addresses only/,
  ],
  [
    'VF1036',
    'underlays of two families',
    `name: t\nhosts:\n  b: { ${overlay} }\n  c: { connect: root@c, datapath: ovs-tc, nic: software, underlay: ¦"fd00::2/64" }\n`,
    /IPv4 on every/,
  ],
  [
    'VF1017',
    'an underlay twice',
    `name: t\nhosts:\n  b: { ${overlay} }\n  c: { connect: root@c, datapath: ovs-tc, nic: software, underlay: ¦192.168.9.2/24 }\n`,
    /of its own/,
  ],
  [
    'VF1038',
    'one machine twice',
    `name: t\nhosts:\n  a: { ${host} }\n  b: { connect: ¦local, datapath: legacy-vlan, nic: software }\n`,
    /one host/,
  ],
  [
    'VF1041',
    'offload without a card',
    'name: t\nhosts:\n  a: { connect: local, datapath: legacy-vlan, nic: software, offload: ¦required }\n',
    /off or preferred/,
  ],
  // Guests.
  [
    'VF1017',
    'an address twice',
    fabricOf(
      net,
      'g: { netns: true, networks: { n: 10.0.0.2/24 } }, h: { netns: true, networks: { n: ¦10.0.0.2/24 } }',
    ),
    /of its own/,
  ],
  [
    'VF1017',
    'one address in two forms',
    fabricOf(
      'n: { id: 7 }',
      'g: { netns: true, networks: { n: "fd00::2/64" } }, h: { netns: true, networks: { n: ¦"fd00:0::02/64" } }',
    ),
    /of its own/,
  ],
  [
    'VF1018',
    'a MAC twice',
    fabricOf(net, 'g: { netns: true, networks: { n: { mac: [02:00:00:00:00:01, ¦02:00:00:00:00:01] } } }'),
    /derived/,
  ],
  [
    'VF1034',
    'a group MAC',
    fabricOf(net, 'g: { netns: true, networks: { n: { mac: ¦03:00:00:00:00:01 } } }'),
    /even/,
  ],
  [
    'VF1034',
    'a MAC with dashes',
    fabricOf(net, 'g: { netns: true, networks: { n: { mac: ¦02-00-00-00-00-01 } } }'),
    /"02:00:00:00:00:01"/,
  ],
  [
    'VF1042',
    'three MACs',
    fabricOf(
      net,
      'g: { netns: true, networks: { n: { mac: [02:00:00:00:00:01, 02:00:00:00:00:02, ¦02:00:00:00:00:03] } } }',
    ),
    /at most 2/,
  ],
  [
    'VF1021',
    'a guest between overlapping subnets',
    fabricOf(
      'n: { id: 7, subnet: 10.0.0.0/24 }, m: { id: 8, subnet: 10.0.0.0/16 }',
      'g: { netns: true, networks: { n: none, ¦m: none } }',
    ),
    /do not overlap/,
  ],
  [
    'VF1022',
    'a subnet over the underlay',
    `name: t\nnetworks: { n: { id: 7, subnet: ¦192.168.0.0/16 } }\nhosts:\n  b: { ${overlay}, guests: { g: { netns: true, networks: { n: none } } } }\n`,
    /another subnet/,
  ],
  [
    'VF1027',
    'trust on an overlay',
    `name: t\nnetworks: { n: { id: 7 } }\nhosts:\n  b: { ${overlay}, guests: { g: { netns: true, networks: { n: { ¦trust: true } } } } }\n`,
    /delete the key/,
  ],
  [
    'VF1028',
    'a guest on two hosts',
    `name: t\nnetworks: { n: { id: 7 } }\nhosts:\n  a: { ${host}, guests: { g: { netns: true, networks: { n: none } } } }\n  b: { connect: sim:igb, datapath: legacy-vlan, nic: "0000:03:00", guests: { ¦g: { netns: true, networks: { n: none } } } }\n`,
    /of its own/,
  ],
  ['VF1029', 'a guest of no kind', fabricOf(net, '¦g: { networks: { n: none } }'), /exactly one/],
  [
    'VF1029',
    'a guest of two kinds',
    fabricOf(net, 'g: { netns: true, ¦external: true, networks: { n: none } }'),
    /exactly one/,
  ],
  [
    'VF1030',
    'an unknown network',
    fabricOf('storage: { id: 7 }', 'g: { netns: true, networks: { ¦storge: none } }'),
    /did you mean "storage"/,
  ],
  [
    'VF1040',
    'the machine twice',
    fabricOf(net, 'g: { host: true, networks: { n: none } }, h: { ¦host: true, networks: { n: none } }'),
    /one guest/,
  ],
];

describe('a wrong file', () => {
  test.each(wrong)('%s: %s', (code, _, marked, hint) => {
    const { fabric, findings, place } = parsed(marked);
    expect(fabric).toBeUndefined();
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ code, severity: 'error', where: { file: 'fabric.yaml', ...place } });
    expect(findings[0]?.hint).toMatch(hint);
  });

  test('may still be used after a warning', () => {
    const text =
      '\ufeffname: t\nhosts:\n  a: { connect: local, datapath: legacy-vlan, nic: ["0000:03:00.0", "0000:04:00.0"] }\n';
    const { fabric, findings } = parseFabric(text, 'f');
    expect(findings.map((finding) => `${finding.code} ${finding.severity} ${finding.where.line}`)).toEqual([
      'VF1005 warning 1',
      'VF1039 warning 3',
    ]);
    expect(fabric?.hosts).toHaveLength(1);
  });

  test('with two encapsulations on one network is reported at both hosts', () => {
    const guest = (name: string) => `guests: { ${name}: { netns: true, networks: { n: none } } }`;
    const text = `name: t\nnetworks: { n: { id: 7 } }\nhosts:\n  alpha: { ${host}, ${guest('g')} }\n  beta: { ${overlay}, ${guest('h')} }\n`;
    const { findings } = parseFabric(text, 'fabric.yaml');
    expect(findings.map(({ code, where }) => `${code} ${where.line}:${where.col} ${where.path}`)).toEqual([
      'VF1003 4:38 hosts.alpha.datapath',
      'VF1003 5:38 hosts.beta.datapath',
    ]);
  });

  test('with two overlays on one network is not wrong: both carry it over VXLAN', () => {
    const guest = (name: string) => `guests: { ${name}: { external: true, networks: { n: none } } }`;
    const on = (datapath: string, last: number) =>
      `connect: local, datapath: ${datapath}, nic: "0000:03:00", underlay: 192.168.9.${last}/24`;
    const text = `name: t\nnetworks: { n: { id: 7 } }\nhosts:\n  alpha: { ${on('ovs-tc', 1)}, ${guest('g')} }\n  beta: { ${on('ovs-dpdk', 2).replace('local', 'root@b')}, ${guest('h')} }\n`;
    const { fabric, findings } = parseFabric(text, 'fabric.yaml');
    expect(findings).toEqual([]);
    expect(fabric?.hosts.map(({ datapath }) => datapath)).toEqual(['ovs-tc', 'ovs-dpdk']);
  });

  test('gets everything reported at once, and nothing that only follows from another mistake', () => {
    const text = [
      'name: t',
      'networks:',
      '  n: { id: 99999999, mut: 1, subnet: 10.0.0.0/24 }',
      'hosts:',
      '  a:',
      '    connect: sim:connectx9',
      '    datapath: ovs-ct',
      '    nic: "0000:03:00"',
      '    vfs: many',
      '    guests:',
      '      g: { netns: true, networks: { n: 10.0.0.2/24, m: 10.0.1.2/24 } }',
      '      h: { netns: true, networks: { n: 10.0.0.2/24 } }',
    ].join('\n');
    const told = parseFabric(text, 'f').findings.map(
      ({ code, where }) => `${code} ${where.line} ${where.path}`,
    );
    expect(told).toEqual([
      'VF1011 3 networks.n.id',
      'VF1007 3 networks.n.mut',
      'VF1032 6 hosts.a.connect',
      'VF1011 7 hosts.a.datapath',
      'VF1010 9 hosts.a.vfs',
      'VF1030 11 hosts.a.guests.g.networks.m',
      'VF1017 12 hosts.a.guests.h.networks.n',
    ]);
  });

  test('a list in place of a mapping is reported once', () => {
    for (const text of [
      fabricOf(net, 'g: { netns: true, networks: [n] }'),
      fabricOf(net, '').replace('guests: {  }', 'guests: [g]'),
      'name: t\nnetworks: [n]\nhosts: {}\n',
      'name: t\nhosts: [a]\n',
    ])
      expect(parseFabric(text, 'f').findings.map(({ code }) => code)).toEqual(['VF1010']);
  });

  test('tenants may use the same addresses on different networks', () => {
    const guests =
      'g: { netns: true, networks: { n: 10.0.0.2/24 } }, h: { netns: true, networks: { m: 10.0.0.2/24 } }';
    const text = fabricOf('n: { id: 7, subnet: 10.0.0.0/24 }, m: { id: 8, subnet: 10.0.0.0/24 }', guests);
    expect(parseFabric(text, 'f').findings).toEqual([]);
  });
});

describe('a bomb', () => {
  test('of aliases is one finding, quickly', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(10)}]`);
    const { findings } = parseFabric(`a0: &a0 x\n${levels.join('\n')}\nname: t\n`, 'f');
    expect(findings.filter((finding) => finding.code === 'VF1006')).toHaveLength(1);
  });

  test('of an alias inside its own anchor is one finding', () => {
    const { findings } = parseFabric('name: t\nhosts: &h { a: *h }\n', 'f');
    expect(findings.filter((finding) => finding.code === 'VF1006')).toHaveLength(1);
  });

  test.each(['[', '{a: ', '- ', '? '])('of %j nested thirty thousand times is a finding', (open) => {
    const { fabric, findings } = parseFabric(`name: ${open.repeat(30_000)}`, 'f');
    expect(fabric).toBeUndefined();
    expect(findings[0]?.severity).toBe('error');
  });

  test('of 17 MiB is not even parsed', () => {
    const { findings } = parseFabric(`name: ${'x'.repeat(17 * 2 ** 20)}`, 'f');
    expect(findings.map((finding) => finding.code)).toEqual(['VF1001']);
  });
});
