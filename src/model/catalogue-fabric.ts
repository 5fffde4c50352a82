import type { CatalogueEntry } from './finding.ts';

const error = 'error';

/** VF1xxx: what is wrong between places of the file. */
export const fabricFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF1003',
    severity: error,
    title: 'Hosts of one network use different encapsulations',
    explanation:
      'legacy-vlan carries a network as a VLAN on the wire, ovs-tc and ovs-dpdk carry it as a VXLAN between the hosts. Guests on different sides would never hear of each other. Give all hosts with guests on the network datapaths of one kind, or make it two networks.',
  },
  {
    code: 'VF1014',
    severity: error,
    title: 'Two networks have one id',
    explanation:
      'The id is what keeps networks apart on the wire: the VLAN id or the VNI. Two networks with one id would be one network. Give each its own.',
  },
  {
    code: 'VF1015',
    severity: error,
    title: 'The id of a network does not fit a datapath',
    explanation:
      'On legacy-vlan hosts the id is a VLAN id, which has 12 bits: 1 to 4094 (IEEE 802.1Q; 0 and 4095 are reserved). Only hosts with an overlay take ids up to 16777215 (VNI, RFC 7348).',
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
      'Two VFs of one network have the same MAC address, the two VFs of one guest included. The switch in the card would deliver to one of them only, and traffic between guests of one host would be lost (facts §8). Leave the key out and each VF gets an address of its own.',
  },
  {
    code: 'VF1019',
    severity: error,
    title: 'An address is outside its subnet',
    explanation:
      'The address of a guest lies in the subnet of its network and has its prefix, or the others could not reach it. Gateways, ARP targets and next hops are asked for on the network itself, so they lie in its subnet too.',
  },
  {
    code: 'VF1021',
    severity: error,
    title: 'Subnets of one guest overlap',
    explanation:
      'A guest that is on two networks finds the way to an address by its subnet. Where the subnets overlap, it would send to the wrong one. Between guests of different tenants the same subnet is normal.',
  },
  {
    code: 'VF1022',
    severity: error,
    title: 'A subnet overlaps an underlay',
    explanation:
      'The tunnels of a host end at its underlay address. A network with guests on that host has a subnet that holds this address, so that a route to a guest and a route to a tunnel end could be mistaken for each other. Give one of them another subnet.',
  },
  {
    code: 'VF1023',
    severity: error,
    title: 'The pool is too small',
    explanation:
      'On legacy-vlan a place on a network takes one VF on each port; on the overlays it takes one VF, of port 0 first and then of port 1. The pool (`vfs`, per port, 8 unless said) has fewer. It can grow later only by taking every VF away first, so leave some room.',
  },
  {
    code: 'VF1024',
    severity: error,
    title: 'The pool is too large for a LAG',
    explanation:
      'ovs-tc and ovs-dpdk let the card bond its two ports. The firmware of a ConnectX-5 forms no LAG while a PF may have more than 64 VFs (facts §13 and §17). legacy-vlan forms none and takes more.',
  },
  {
    code: 'VF1025',
    severity: error,
    title: 'An overlay host has no underlay',
    explanation:
      'ovs-tc and ovs-dpdk carry the networks in tunnels between the hosts. A tunnel begins and ends at the underlay address of the host, which vflane puts on the bond of both ports. It needs to be an address that the other hosts reach.',
  },
  {
    code: 'VF1026',
    severity: error,
    title: 'A legacy-vlan host has an underlay',
    explanation:
      'legacy-vlan puts the networks on the wire as VLANs, without any tunnel. An underlay would have no effect. Delete the key, or choose ovs-tc or ovs-dpdk.',
  },
  {
    code: 'VF1027',
    severity: error,
    title: 'trust is given on an overlay host',
    explanation:
      'trust lets a VF in legacy mode be promiscuous. In switchdev mode the card refuses the setting (facts §4.2), and the flows of the bridge decide what a guest may send. Delete the key; `spoofchk: false` lifts the check of a guest’s addresses.',
  },
  {
    code: 'VF1028',
    severity: error,
    title: 'Two guests have one name',
    explanation:
      'A guest keeps its MAC addresses when it moves to another host, because they are made of the names of fabric, guest and network. So a name stands for one guest in the whole file.',
  },
  {
    code: 'VF1029',
    severity: error,
    title: 'A guest is not of exactly one kind',
    explanation:
      'A guest is a VM (`vm`), a network namespace (`netns: true`), somebody else’s VM (`external: true`: its VFs are put on vfio-pci) or the machine itself (`host: true`). The VFs get their driver and their place by it, so it has to be exactly one.',
  },
  {
    code: 'VF1030',
    severity: error,
    title: 'There is no such network',
    explanation:
      'A guest is on a network that the file does not have under `networks`. The name may be mistyped.',
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
      'Every link that carries IPv6 carries packets of 1280 bytes (RFC 8200, 5); below that the kernel takes IPv6 off the netdev. Raise the MTU, or use IPv4 only.',
  },
  {
    code: 'VF1036',
    severity: error,
    title: 'The underlays are of two families',
    explanation:
      'A tunnel has one family on both ends, and each host has one underlay address. So all underlays of a fabric are IPv4, or all are IPv6. The networks inside may be of both.',
  },
  {
    code: 'VF1038',
    severity: error,
    title: 'Two hosts are one machine',
    explanation:
      'Two hosts of the file are reached the same way, so their plans would undo each other. One machine is one host; put the guests together. Simulated hosts are machines of their own, each by its name.',
  },
  {
    code: 'VF1039',
    severity: 'warning',
    title: 'The PFs are on two cards',
    explanation:
      'The two PFs are usually functions .0 and .1 of one card. On legacy-vlan two cards work, and even outlive one of them. The overlays bond the two ports inside the card, which works within one card only.',
  },
  {
    code: 'VF1040',
    severity: error,
    title: 'The machine is a guest twice',
    explanation:
      'A guest with `host: true` is the machine itself, and there is one of it. Put the networks of both under one guest.',
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
    title: 'More MAC addresses than VFs are given',
    explanation:
      'On legacy-vlan a place on a network has two VFs, one on each port, and takes two MAC addresses; on the overlays it has one VF and takes one. Addresses that are left out are derived.',
  },
  {
    code: 'VF1043',
    severity: error,
    title: 'Underlay ports are named beside a card',
    explanation:
      'A host with a card carries its tunnels over both ports of that card. `underlay.ports` is for `nic: software`, where nothing else says which netdevs lead to the other hosts.',
  },
  {
    code: 'VF1044',
    severity: error,
    title: 'Nothing carries the underlay',
    explanation:
      'ovs-dpdk forwards in user space, and takes the netdevs that lead to the other hosts for itself: without a card the file names them (`underlay: { address: …, ports: [eth1, eth2] }`). Under ovs-tc the ports may be left out where the host has the tunnel address already; an underlay VLAN or an `uplink` then has no wire to be on.',
  },
  {
    code: 'VF1045',
    severity: 'warning',
    title: 'Nobody asks for the underlay’s ARP targets',
    explanation:
      'ARP targets are asked for by the kernel’s bond. There is none over a single port, and under ovs-dpdk the answers go to Open vSwitch and not to the kernel: the bond would take every port for dead. So the links are watched instead, and a dead switch behind a live carrier is not seen.',
  },
  {
    code: 'VF1046',
    severity: error,
    title: 'Two things are on one VLAN',
    explanation:
      'An uplink joins a network to a VLAN of the physical network. On the VLAN of the underlay its guests would meet the tunnels, and on the VLAN of another network the other tenant.',
  },
  {
    code: 'VF1048',
    severity: error,
    title: 'A PCI address stands where a netdev belongs',
    explanation:
      'With `nic: software` and ovs-dpdk, `underlay.ports` may be PCI addresses: DPDK takes those functions from the kernel and drives them itself. ovs-tc leaves the ports with the kernel and knows them by the names of their netdevs. One underlay is of one kind: all its ports are DPDK’s, or all are the kernel’s.',
  },
];
