import type { CatalogueEntry } from './finding.ts';

/** VF2050 to VF2069: what stands in the way of an overlay on a host. */
export const overlayFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF2050',
    severity: 'error',
    title: 'Open vSwitch is installed but not running',
    explanation:
      'ovs-vsctl is there, but the database server that it asks is not: its socket (db.sock) is missing or refuses connections. Somebody stopped it, or it exited. Start it, and read its journal if it does not stay up; vflane starts nothing that it did not stop.',
  },
  {
    code: 'VF2051',
    severity: 'error',
    title: 'ovs-vswitchd does not run',
    explanation:
      'The database server answers, but the daemon that forwards is gone: ovs-vsctl would wait for it until its deadline, and the bridges of this host have no flows. systemd restarts a daemon that crashed, so one that stays away was stopped, or exits at every start. Start it, or read its journal.',
  },
  {
    code: 'VF2052',
    severity: 'error',
    title: 'Parts of Open vSwitch with DPDK are not installed',
    explanation:
      'ovs-dpdk needs Debian’s second daemon (openvswitch-switch-dpdk), DPDK’s memory pool handler (librte-mempool-ring) and its driver for the card (librte-net-mlx5 for a ConnectX, librte-net-e1000 for Intel’s igb). The last two are only recommended by the packages that need them: without them everything installs and starts, but the ports fail with “could not add network device” (facts §7.1). Their names end in DPDK’s ABI, 23 in Debian 12 and 25 in Debian 13.',
  },
  {
    code: 'VF2053',
    severity: 'error',
    title: 'The DPDK daemon cannot be selected',
    explanation:
      'Debian switches between the two daemons with the alternative ovs-vswitchd, which vflane sets. The package of the DPDK daemon is installed, but its path is not among the choices. Its files or its registration were removed by hand; reinstalling it restores both.',
  },
  {
    code: 'VF2054',
    severity: 'error',
    title: 'An underlay port belongs to somebody else’s bridge or bond',
    explanation:
      'A port has one master. When it is given to another, the kernel silently takes it out of its bridge or bond (rtnetlink.c, do_set_master), and whatever depended on that goes dark. vflane takes nothing from what it did not make. Take the port out yourself, or name another card.',
  },
  {
    code: 'VF2055',
    severity: 'warning',
    title: 'A restart of Open vSwitch also stops other bridges',
    explanation:
      'hw-offload, dpdk-init and the choice of the daemon take effect only when ovs-vswitchd restarts, and there is one for all bridges of a host. Bridges that are not vflane’s stop for a moment. OpenFlow flows that somebody added by hand or with a controller are lost: no database has them (facts §17). Plan the moment, and put those flows back.',
  },
  {
    code: 'VF2056',
    severity: 'error',
    title: 'A name that vflane uses is taken',
    explanation:
      'Representors, pairs of netdevs, bridges, tunnels, and bonds of a guest that is the host itself get names derived from the file, and something of that name on the host is not vflane’s. The kernel and Open vSwitch would refuse the second one in the middle of the plan. Rename or remove what is there, or rename the guest or the network.',
  },
  {
    code: 'VF2057',
    severity: 'error',
    title: 'The tunnel address is in use on this host',
    explanation:
      'The underlay address of the file is already on another netdev of the host. With the same address twice, the kernel answers and sends by whichever route came first, and the tunnels work by luck. Remove it there; or, if the host provides it and it is to stay, write `adopt: true` (without a card).',
  },
  {
    code: 'VF2058',
    severity: 'error',
    title: 'The adopted tunnel address is not on this host',
    explanation:
      '`underlay.adopt` says that the host provides the tunnel address, but no netdev has it. A tunnel without its local address sends nothing, and Open vSwitch does not complain. Give the host the address, correct the file, or leave out `adopt`, and vflane sets it.',
  },
  {
    code: 'VF2059',
    severity: 'error',
    title: 'The MTU of the adopted underlay is too small',
    explanation:
      'VXLAN adds 50 bytes to a guest’s packet over IPv4 and 70 over IPv6, and Open vSwitch forbids fragmenting the result. Small packets pass and large ones vanish: ping works and a copy hangs. Raise the MTU of the netdev that has the address (and of the switches), or lower that of the networks (facts §7.4).',
  },
  {
    code: 'VF2060',
    severity: 'error',
    title: 'There is not enough memory for the hugepages',
    explanation:
      'DPDK keeps its packet buffers in hugepages. The kernel takes as many contiguous pages as it finds and reports success for fewer than asked (mm/hugetlb.c), so vflane compares before and after. Free memory, or reserve them at boot: hugepages=N on the kernel command line.',
  },
  {
    code: 'VF2062',
    severity: 'info',
    title: 'The host forwards in software',
    explanation:
      'None of this host’s tunnels is in hardware, because the file says so: `nic: software`, or `offload: off`. Everything works, but every packet costs the host’s CPU. Every verb reports this, so that nobody takes its figures for the card’s.',
  },
  {
    code: 'VF2063',
    severity: 'warning',
    title: 'It is not known whether the card offloads',
    explanation:
      '`ethtool -k` did not say whether the driver offloads tc, so vflane does not know whether the bridges forward in hardware. Not seen is not the same as fine. Install ethtool, or run vflane as root.',
  },
  {
    code: 'VF2064',
    severity: 'error',
    title: 'The host itself uses an underlay port',
    explanation:
      'Without a card, `underlay.ports` belong to the underlay alone. In a bond, the address of a member no longer works (facts §17). On a port of a userspace bridge vflane makes the host deaf, because it would answer for the tunnel address twice. Whoever reaches the host by such a port would be cut off. Name other ports, or move the address.',
  },
  {
    code: 'VF2065',
    severity: 'error',
    title: 'The card has no switch of its own',
    explanation:
      'An overlay puts a card’s ports into switchdev, where each VF has a representor on the host. Drivers such as igb have no such mode. The ports still carry tunnels: with `nic: software` they are bonded like any others, and guests get veth pairs and taps. legacy-vlan shares such a card by its VFs.',
  },
  {
    code: 'VF2066',
    severity: 'error',
    title: 'A port for DPDK shares its IOMMU group',
    explanation:
      'The IOMMU isolates groups of functions, but not the functions within a group: each could write into the memory of the others. So a group goes to user space whole or not at all, and the kernel refuses while one of its own drivers has any function of it (Documentation/driver-api/vfio.rst). The slots and bridges of the board decide which functions share a group.',
  },
  {
    code: 'VF2067',
    severity: 'error',
    title: 'A port for DPDK has VFs',
    explanation:
      'VFs belong to the driver of their PF, and go when it releases the PF. vflane did not make these, and takes nothing from what it did not make. Remove them yourself, or name another port.',
  },
  {
    code: 'VF2068',
    severity: 'error',
    title: 'DPDK has no driver for a port',
    explanation:
      'With a PCI address in `underlay.ports`, DPDK drives the port itself with its own driver for that card, and vflane knows none for cards of this kernel driver. Open vSwitch can also use the netdev without DPDK: give the name that `ip link` prints.',
  },
  {
    code: 'VF2069',
    severity: 'error',
    title: 'Two things would have the same name',
    explanation:
      'A netdev’s name has at most 15 characters, so vflane shortens longer names to their beginning and four or six hexadecimal digits of a hash: the port of a guest on a network, the tunnel of a network to a host, the bridge of a network. Among thousands of guests or hosts whose names begin alike, two may get the same name, which Open vSwitch accepts only once. Give one of them a name that begins differently: the first eight characters of a guest’s name count, and the first seven of a host’s or network’s.',
  },
];
