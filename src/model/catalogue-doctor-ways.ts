import type { CatalogueEntry } from './finding.ts';

/** VF2150 to VF2199: what the doctor finds about guests, paths between hosts, and other programs at work. */
export const doctorFindingsOfWays: readonly CatalogueEntry[] = [
  {
    code: 'VF2150',
    severity: 'error',
    title: 'A guest’s VFs are all on one port',
    explanation:
      'The guest has a bond, or two VFs on one network, and both come from the same PF. When that port, its cable or its switch dies, both are gone: the redundancy is only apparent. Each attachment takes a VF from each port (the seed’s step 2A1), which is how vflane assigns them.',
  },
  {
    code: 'VF2151',
    severity: 'warning',
    title: 'A guest’s bond monitors neither link nor ARP',
    explanation:
      'A bond made without miimon and arp_interval has no monitor at all (facts §8), whatever bonding.rst says about a default. The guest stays on a dead port. Set miimon 100, or ARP targets.',
  },
  {
    code: 'VF2153',
    severity: 'error',
    title: 'A switch is dead behind a live link',
    explanation:
      'The port has carrier, but nobody answers through it: the bond’s ARP monitor has given it up, or none of the neighbours behind the bond’s active port answers. A switch whose forwarding hangs keeps its link lights on, and so does one that lacks the VLAN; link monitoring sees neither (facts §8, §17). Check the switch, and monitor by ARP (`arp-targets`).',
  },
  {
    code: 'VF2154',
    severity: 'warning',
    title: 'A port has no carrier',
    explanation:
      'The port is up on the host but sees no link: check the cable, the optics and the switch port. Until it is back, there is nothing to fail over to.',
  },
  {
    code: 'VF2155',
    severity: 'error',
    title: 'The two ends of a tunnel have different VNIs',
    explanation:
      'The VNI in each datagram says which network it belongs to (RFC 7348), but the far host’s tunnel to this one has another VNI. What is sent arrives and is dropped. Set both to the network’s id.',
  },
  {
    code: 'VF2156',
    severity: 'error',
    title: 'A tunnel has no way back',
    explanation:
      'This host sends to the other one, but the other has no tunnel to the address it sends from. Open vSwitch drops what matches none of its tunnels (“receive tunnel port not found”). Set remote_ip there to this host’s local_ip.',
  },
  {
    code: 'VF2157',
    severity: 'warning',
    title: 'The two ends of a tunnel have different MTUs',
    explanation:
      'The netdevs under the tunnel differ: what the larger end sends is lost on the way to the smaller one, so a copy works in one direction and hangs in the other (facts §7.4). Give both, and the switches between them, the same MTU.',
  },
  {
    code: 'VF2158',
    severity: 'warning',
    title: 'The host’s clock is wrong',
    explanation:
      'The host’s clock and the one here differ by more than a few seconds. The deadline of a plan that waits for confirmation runs on the host’s clock, and two hosts’ logs give one event two times. Synchronize both with NTP.',
  },
  {
    code: 'VF2159',
    severity: 'warning',
    title: 'The clocks of two hosts differ',
    explanation:
      'Their logs and journals cannot be compared side by side, which is the first thing to do after a failover. Synchronize both with NTP.',
  },
  {
    code: 'VF2160',
    severity: 'warning',
    title: 'More VFs are asked for than the machine has room for',
    explanation:
      'VFs need address space that the BIOS sets aside at boot, and MSI-X vectors of the card (facts §6.2). What the slot has now is not enough for the number in the file. With “Above 4G decoding” on, the BIOS gives more at the next boot; without it the VFs come without BARs, and some machines hang at boot. Be at the console when you try.',
  },
  {
    code: 'VF2161',
    severity: 'warning',
    title: 'NetworkManager configures the card’s ports as well',
    explanation:
      'NetworkManager keeps a file for each netdev that it manages, and reapplies its connections when it starts, when a link comes back and when it is told to. It then sets address, MTU, master and state its own way, and undoes what vflane did to the port. Let only one of them manage each netdev. An address that the host itself needs belongs on another netdev, or in the fabric file.',
  },
  {
    code: 'VF2162',
    severity: 'warning',
    title: 'systemd-networkd configures the card’s ports as well',
    explanation:
      'systemd-networkd has a .network file that matches the port, and applies it when the netdev appears, is renamed or comes back. It then sets address, MTU, master and state its own way, and undoes what vflane did to the port. Let only one of them manage each netdev. An address that the host itself needs belongs on another netdev, or in the fabric file.',
  },
  {
    code: 'VF2163',
    severity: 'warning',
    title: 'netplan configures the card’s ports as well',
    explanation:
      'netplan defines the port, and hands that to networkd or NetworkManager at every boot and every `netplan apply`; it can also set the number of VFs and the mode by itself. It then sets address, MTU, master and state its own way, and undoes what vflane did to the port. Let only one of them manage each netdev. An address that the host itself needs belongs on another netdev, or in the fabric file.',
  },
  {
    code: 'VF2164',
    severity: 'error',
    title: 'A Mellanox card has no driver',
    explanation:
      'The card is there, but no driver has it: the module could not be loaded (after NVIDIA’s package was installed over a running one, “disagrees about version of symbol”), was unbound, or gave up at its probe. The kernel’s log says which. Load it, or reboot.',
  },
  {
    code: 'VF2165',
    severity: 'warning',
    title: 'ifupdown configures the card’s ports as well',
    explanation:
      'ifupdown has an iface stanza for the port, and sets it up at boot or when it is plugged in. It then sets address, MTU, master and state its own way, and undoes what vflane did to the port. Let only one of them manage each netdev. An address that the host itself needs belongs on another netdev, or in the fabric file.',
  },
  {
    code: 'VF2166',
    severity: 'warning',
    title: 'The card’s ports run at different speeds',
    explanation:
      'One port came up slower than the other: a different module, a different switch setting, or a link that fell back. After a failover everything runs at the slower speed. Check both with `ethtool`.',
  },
  {
    code: 'VF2167',
    severity: 'warning',
    title: 'A bridge has one port of the card without a bond',
    explanation:
      'The port was added to a bridge by itself: what the bridge sends dies with that port, and rules between the two ports are refused (“devices are both uplink, can’t offload forwarding”). For mlx5 to offload, the tunnel address has to be on the kernel’s bond, outside the bridge; or the bond has to be in the bridge (facts §7.3).',
  },
  {
    code: 'VF2168',
    severity: 'error',
    title: 'A tunnel’s own address is not on the host',
    explanation:
      'A tunnel whose local_ip is on no netdev sends nothing, and Open vSwitch does not complain (facts §7.3). The address was lost in a reboot or when its port was enslaved, or is mistyped. Give it to the bond.',
  },
];
