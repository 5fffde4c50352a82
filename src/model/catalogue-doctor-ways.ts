import type { CatalogueEntry } from './finding.ts';

/** VF2150 to VF2199: what the doctor finds of guests, of the ways between hosts, and of who else is at work. */
export const doctorFindingsOfWays: readonly CatalogueEntry[] = [
  {
    code: 'VF2150',
    severity: 'error',
    title: 'A guest’s VFs are all of one port',
    explanation:
      'The guest has a bond, or two VFs of one network, and both come from the same PF. When that port, its cable or its switch dies, both are gone: the redundancy is a picture of one. Each attachment takes a VF of each port (the seed’s step 2A1), which is how vflane gives them out.',
  },
  {
    code: 'VF2151',
    severity: 'warning',
    title: 'A guest’s bond watches neither link nor ARP',
    explanation:
      'A bond that is made without miimon and arp_interval has no monitor at all (facts §8), whatever bonding.rst says of a default. The guest stays on a dead port. Set miimon 100, or ARP targets.',
  },
  {
    code: 'VF2153',
    severity: 'error',
    title: 'A switch is dead behind a live link',
    explanation:
      'The port has a carrier, and nobody answers by it: the bond’s ARP monitor has given it up, or none of the neighbours behind the bond’s active port answers. A switch whose forwarding hangs keeps its ports’ light on, and one that lacks the VLAN does the same; link monitoring never sees either (facts §8, §17). Look at the switch, and watch by ARP (`arp-targets`).',
  },
  {
    code: 'VF2154',
    severity: 'warning',
    title: 'A port has no carrier',
    explanation:
      'The port is up on the host, and sees no link: the cable, the optics or the switch’s port. As long as it lasts, there is nothing to fail over to.',
  },
  {
    code: 'VF2155',
    severity: 'error',
    title: 'The two ends of a tunnel have different VNIs',
    explanation:
      'The VNI in each datagram says which network it belongs to (RFC 7348), and the far host has a tunnel for this one under another number only. What is sent arrives and is dropped. Set both to the network’s id.',
  },
  {
    code: 'VF2156',
    severity: 'error',
    title: 'A tunnel has no way back',
    explanation:
      'This host sends to the other one, and the other has no tunnel to the address that it sends from. Open vSwitch drops what comes by no tunnel of its own (“receive tunnel port not found”). Set remote_ip there to this host’s local_ip.',
  },
  {
    code: 'VF2157',
    severity: 'warning',
    title: 'The two ends of a tunnel have different MTUs',
    explanation:
      'The netdevs under the tunnel differ: what the larger end sends is lost before the smaller one, and only that, so that a copy works in one direction and hangs in the other (facts §7.4). Give both, and the switches between them, the same.',
  },
  {
    code: 'VF2158',
    severity: 'warning',
    title: 'The host’s clock is wrong',
    explanation:
      'The host’s clock and the one here differ by more than a few seconds. A plan that is to be confirmed in time has its deadline by the host’s clock; and two hosts’ logs tell of one event at two times. Let both follow NTP.',
  },
  {
    code: 'VF2159',
    severity: 'warning',
    title: 'The clocks of two hosts differ',
    explanation:
      'Their logs and journals cannot be laid side by side, which is what one wants to do first when something failed over. Let both follow NTP.',
  },
  {
    code: 'VF2160',
    severity: 'warning',
    title: 'More VFs are asked for than the machine has room for',
    explanation:
      'VFs need address space that the BIOS sets aside at boot, and MSI-X vectors of the card (facts §6.2). What the slot was given now is not enough for the number that the file asks for. With “Above 4G decoding” on, the BIOS gives more at the next start; without it the VFs come without BARs, and some machines hang at boot. Be at the console when you try.',
  },
  {
    code: 'VF2161',
    severity: 'warning',
    title: 'NetworkManager sets the card’s ports up as well',
    explanation:
      'NetworkManager keeps a file for each netdev that it manages, and reapplies its connections when it starts, when a link comes back and when it is told to. It then sets address, MTU, master and state as it knows them, and what vflane made of the port is gone. Leave each netdev to one of them; an address that the host itself needs belongs on another netdev, or into the file.',
  },
  {
    code: 'VF2162',
    severity: 'warning',
    title: 'systemd-networkd sets the card’s ports up as well',
    explanation:
      'systemd-networkd has a .network file that matches the port, and applies it when the netdev appears, is renamed or comes back. It then sets address, MTU, master and state as it knows them, and what vflane made of the port is gone. Leave each netdev to one of them; an address that the host itself needs belongs on another netdev, or into the file.',
  },
  {
    code: 'VF2163',
    severity: 'warning',
    title: 'netplan sets the card’s ports up as well',
    explanation:
      'netplan has a definition of the port, and hands it to networkd or NetworkManager at every boot and every `netplan apply`; it can also set the number of VFs and the mode by itself. It then sets address, MTU, master and state as it knows them, and what vflane made of the port is gone. Leave each netdev to one of them; an address that the host itself needs belongs on another netdev, or into the file.',
  },
  {
    code: 'VF2164',
    severity: 'error',
    title: 'A Mellanox card has no driver',
    explanation:
      'The card is there, and no driver has it: the module could not be loaded (after NVIDIA’s package was installed over a running one, “disagrees about version of symbol”), was unbound, or gave up at its probe. The kernel’s log says which. Load it, or reboot.',
  },
  {
    code: 'VF2165',
    severity: 'warning',
    title: 'ifupdown sets the card’s ports up as well',
    explanation:
      'ifupdown has an iface stanza of the port, and sets it up at boot or when it is plugged in. It then sets address, MTU, master and state as it knows them, and what vflane made of the port is gone. Leave each netdev to one of them; an address that the host itself needs belongs on another netdev, or into the file.',
  },
  {
    code: 'VF2166',
    severity: 'warning',
    title: 'The card’s ports run at different speeds',
    explanation:
      'One port came up slower than the other: another module, another setting of the switch, or a link that fell back. After a failover everything goes at the slower one’s speed. Look at what `ethtool` says of both.',
  },
  {
    code: 'VF2167',
    severity: 'warning',
    title: 'A bridge has one port of the card, and no bond',
    explanation:
      'The port was given to a bridge by itself: what the bridge sends dies with that port, and rules between the two ports are refused (“devices are both uplink, can’t offload forwarding”). The topology that mlx5 offloads has the tunnel address on the kernel’s bond, outside the bridge; or the bond in it (facts §7.3).',
  },
  {
    code: 'VF2168',
    severity: 'error',
    title: 'A tunnel’s own address is not on the host',
    explanation:
      'A tunnel whose local_ip no netdev has sends nothing, and Open vSwitch does not complain (facts §7.3). The address was lost with a reboot or with an enslaved port, or is mistyped. Give it to the bond.',
  },
];
