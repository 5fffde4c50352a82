import type { CatalogueEntry } from './finding.ts';

const error = 'error';

/** VF1xxx: places of the file that contradict each other. */
export const fabricFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF1003',
    severity: error,
    title: 'Hosts of one network use different encapsulations',
    explanation:
      'legacy-vlan carries a network as a VLAN on the wire; ovs-tc and ovs-dpdk carry it as VXLAN between the hosts. Guests on different sides could never reach each other. Give all hosts with guests on the network datapaths of one kind, or make it two networks.',
  },
  {
    code: 'VF1014',
    severity: error,
    title: 'Two networks have the same id',
    explanation:
      'The id, a VLAN id or VNI, keeps networks apart on the wire. Two networks with the same id would be one. Give each its own.',
  },
  {
    code: 'VF1015',
    severity: error,
    title: 'The id of a network does not fit a datapath',
    explanation:
      'On legacy-vlan hosts the id is a VLAN id, which has 12 bits: 1 to 4094 (IEEE 802.1Q; 0 and 4095 are reserved). Only overlay hosts accept ids up to 16777215 (VNI, RFC 7348).',
  },
  {
    code: 'VF1017',
    severity: error,
    title: 'An address is used twice',
    explanation:
      'Two guests of one network, or two underlays, have the same address. Whoever answers first would get the traffic of both. In different networks the same address is fine: tenants do not see each other.',
  },
  {
    code: 'VF1018',
    severity: error,
    title: 'A MAC address is used twice',
    explanation:
      'Two VFs of one network have the same MAC address; the two VFs of one guest count as well. The switch in the card would deliver to only one of them, and traffic between guests of one host would be lost (facts §8). Leave the key out and each VF gets its own address.',
  },
  {
    code: 'VF1019',
    severity: error,
    title: 'An address is outside its subnet',
    explanation:
      'A guest’s address must lie in its network’s subnet and have its prefix, or the others could not reach it. Gateways, ARP targets and next hops are resolved on the network itself, so they must lie in its subnet too.',
  },
  {
    code: 'VF1021',
    severity: error,
    title: 'Subnets of one guest overlap',
    explanation:
      'A guest on two networks finds the way to an address by its subnet. If the subnets overlap, it would send to the wrong network. Between guests of different tenants the same subnet is normal.',
  },
  {
    code: 'VF1022',
    severity: error,
    title: 'A subnet overlaps an underlay',
    explanation:
      'The tunnels of a host end at its underlay address. A network with guests on that host has a subnet that contains this address, so a route to a guest and a route to a tunnel end could be confused. Give one of them another subnet.',
  },
  {
    code: 'VF1023',
    severity: error,
    title: 'The pool is too small',
    explanation:
      'On legacy-vlan a guest takes one VF on each port per network; on the overlays it takes one per network, of port 0 first and then of port 1. The pool (`vfs`, per port, 8 by default) has fewer. Growing it later means removing every VF first, so leave room.',
  },
  {
    code: 'VF1024',
    severity: error,
    title: 'The pool is too large for a LAG',
    explanation:
      'ovs-tc and ovs-dpdk let the card bond its two ports. The firmware of a ConnectX-5 forms no LAG if a PF may have more than 64 VFs (facts §13 and §17). legacy-vlan forms none and allows more.',
  },
  {
    code: 'VF1025',
    severity: error,
    title: 'An overlay host has no underlay',
    explanation:
      'ovs-tc and ovs-dpdk carry the networks in tunnels between the hosts. A tunnel begins and ends at the host’s underlay address, which vflane puts on the bond of both ports. The other hosts must be able to reach this address.',
  },
  {
    code: 'VF1026',
    severity: error,
    title: 'A legacy-vlan host has an underlay',
    explanation:
      'legacy-vlan puts the networks on the wire as VLANs, without tunnels. An underlay would have no effect. Delete the key, or choose ovs-tc or ovs-dpdk.',
  },
  {
    code: 'VF1027',
    severity: error,
    title: 'An overlay host sets `trust`',
    explanation:
      'trust lets a VF in legacy mode be promiscuous. In switchdev mode the card refuses it (facts §4.2), and the flows of the bridge decide what a guest may send. Delete the key; `spoofchk: false` lifts the check of a guest’s addresses.',
  },
  {
    code: 'VF1028',
    severity: error,
    title: 'Two guests have the same name',
    explanation:
      'A guest keeps its MAC addresses when it moves to another host, because they derive from the names of fabric, guest and network. So one name means one guest in the whole file.',
  },
  {
    code: 'VF1029',
    severity: error,
    title: 'A guest is not of exactly one kind',
    explanation:
      'A guest is a VM (`vm`), a network namespace (`netns: true`), somebody else’s VM (`external: true`: its VFs are put on vfio-pci) or the machine itself (`host: true`). This decides the driver and place of its VFs, so it has to be exactly one.',
  },
  {
    code: 'VF1030',
    severity: error,
    title: 'There is no such network',
    explanation:
      'A guest is on a network that is not under `networks` in the file. The name may be mistyped.',
  },
  {
    code: 'VF1031',
    severity: error,
    title: 'There is no such host',
    explanation:
      'An uplink names the host whose ports carry it, and the file has no host of that name. The name may be mistyped.',
  },
  {
    code: 'VF1035',
    severity: error,
    title: 'The MTU is too small for IPv6',
    explanation:
      'A link with IPv6 must carry packets of 1280 bytes (RFC 8200, 5); below that the kernel removes IPv6 from the netdev. Raise the MTU, or use IPv4 only.',
  },
  {
    code: 'VF1036',
    severity: error,
    title: 'The underlays mix IPv4 and IPv6',
    explanation:
      'Both ends of a tunnel have one family, and each host has one underlay address. So all underlays of a fabric are IPv4, or all are IPv6. The networks inside may use both.',
  },
  {
    code: 'VF1038',
    severity: error,
    title: 'Two hosts are the same machine',
    explanation:
      'Two hosts of the file are reached the same way, so their plans would undo each other. One machine is one host; put the guests together. Simulated hosts are separate machines, one per name.',
  },
  {
    code: 'VF1039',
    severity: 'warning',
    title: 'The PFs are on two cards',
    explanation:
      'The two PFs are usually functions .0 and .1 of one card. On legacy-vlan two cards work, and one may even fail. The overlays bond the two ports inside the card, which works only within one card.',
  },
  {
    code: 'VF1040',
    severity: error,
    title: 'Two guests are the machine itself',
    explanation:
      'A guest with `host: true` is the machine itself, so there is only one. Put the networks of both under one guest.',
  },
  {
    code: 'VF1041',
    severity: error,
    title: 'Offload is required without a card',
    explanation:
      '`nic: software` shares no card: guests are attached by veth and tap, and the kernel switches. `offload: required` could never be met. Write off or preferred, or name a card.',
  },
  {
    code: 'VF1042',
    severity: error,
    title: 'There are more MAC addresses than VFs',
    explanation:
      'On legacy-vlan a guest has two VFs on a network, one on each port, and two MAC addresses; on the overlays one of each. Addresses that you leave out are derived.',
  },
  {
    code: 'VF1043',
    severity: error,
    title: 'Underlay ports are named on a host with a card',
    explanation:
      'A host with a card carries its tunnels over both ports of that card. `underlay.ports` is for `nic: software`, where nothing else says which netdevs lead to the other hosts.',
  },
  {
    code: 'VF1044',
    severity: error,
    title: 'Nothing carries the underlay',
    explanation:
      'ovs-dpdk forwards in user space and takes over the netdevs that lead to the other hosts: without a card the file must name them (`underlay: { address: …, ports: [eth1, eth2] }`). Under ovs-tc the ports may be left out if the host already has the tunnel address, but an underlay VLAN or an `uplink` then has no wire to use.',
  },
  {
    code: 'VF1045',
    severity: 'warning',
    title: 'The underlay’s ARP targets are never probed',
    explanation:
      'Only the kernel’s bond probes ARP targets. A single port has no bond, and under ovs-dpdk the answers go to Open vSwitch and not to the kernel: the bond would take every port for dead. So only the links are watched, and a dead switch behind a live carrier is not seen.',
  },
  {
    code: 'VF1046',
    severity: error,
    title: 'Two things use the same VLAN',
    explanation:
      'An uplink joins a network to a VLAN of the physical network. On the underlay’s VLAN its guests would meet the tunnels, and on another network’s VLAN the other tenant.',
  },
  {
    code: 'VF1048',
    severity: error,
    title: 'A PCI address is given where a netdev belongs',
    explanation:
      'With `nic: software` and ovs-dpdk, `underlay.ports` may be PCI addresses: DPDK takes those functions from the kernel and drives them itself. ovs-tc leaves the ports with the kernel and needs their netdev names. One underlay is of one kind: all its ports are DPDK’s, or all are the kernel’s.',
  },
];
