import type { CatalogueEntry } from './finding.ts';

/** VF2130 to VF2149: what the doctor finds of VFs, and of the bridges they are on. */
export const doctorFindingsOfVfs: readonly CatalogueEntry[] = [
  {
    code: 'VF2130',
    severity: 'warning',
    title: 'The firmware refused switchdev',
    explanation:
      'The firmware makes no switch while a VF has a driver (“creating a flow table when reformat_en/decap_en bit set while VF is up isn’t allowed”, syndrome 0x98afbb), and the port stayed in legacy (facts §2.1). devlink says “Failed setting eswitch to offloads” and “Invalid argument”. Unbind every VF first, or have none.',
  },
  {
    code: 'VF2131',
    severity: 'error',
    title: 'The machine has no address space for the VFs',
    explanation:
      'Each VF takes a piece of a window that the BIOS sets aside at boot, 1 MiB as a rule, times NUM_OF_VFS, times two ports (facts §6.2). Here it gave none, and the kernel says “not enough MMIO resources for SR-IOV” and “Cannot allocate memory”. Switch “Above 4G decoding” and SR-IOV on in the BIOS, or ask the firmware for fewer VFs.',
  },
  {
    code: 'VF2132',
    severity: 'error',
    title: 'A change waits for a guest to let its VF go',
    explanation:
      'mlx5 lets the number of VFs be set to 0 while a guest has one open: the write then hangs until the guest ends, with a lock held that other writes wait for (facts §3.1). The kernel logs “Relaying device request to user” every ten seconds. End the guest. vflane looks who has a VF before it touches one.',
  },
  {
    code: 'VF2133',
    severity: 'warning',
    title: 'A VF waits for a driver that was named',
    explanation:
      'driver_override names a driver for these VFs, and they have none. While sriov_drivers_autoprobe is 0 a plain bind of a VF is answered with “No such device” (pci-driver.c, facts §3.3); it takes driver_override and then drivers_probe, with the driver’s module loaded.',
  },
  {
    code: 'VF2134',
    severity: 'error',
    title: 'The card is in recovery',
    explanation:
      'The card answers with the id of its boot loader: its own firmware does not start, after a burn that was cut off for instance. There is no netdev and no VF of it. Burn the image of its exact PSID with mstflint, and cut its power.',
  },
  {
    code: 'VF2135',
    severity: 'error',
    title: 'A VF for a VM shares its IOMMU group',
    explanation:
      'All functions of an IOMMU group go to user space together or not at all (Documentation/driver-api/vfio.rst): QEMU says “group N is not viable” while the kernel has a driver on any of them. Which functions share a group is decided by the board. Try a slot that has groups of its own, or ACS in the BIOS.',
  },
  {
    code: 'VF2136',
    severity: 'warning',
    title: 'tc offload is switched off on a port',
    explanation:
      'The driver can offload, and `ethtool -K … hw-tc-offload off` was said on this port, which is on by itself. Nothing that comes in by it is forwarded in hardware. Switch it on again; with rules in place it cannot be switched off.',
  },
  {
    code: 'VF2137',
    severity: 'error',
    title: 'A port of Open vSwitch does not work',
    explanation:
      'ovs-vsctl exits 0 although a port could not be opened: only the column `error` of its interface says so (facts §7.5). The netdev that it names is not there, is another kind than was said, or DPDK could not take it. The port forwards nothing until that is mended.',
  },
  {
    code: 'VF2138',
    severity: 'warning',
    title: 'tc-policy keeps the rules out of the card',
    explanation:
      'tc-policy=skip_hw makes Open vSwitch install every tc rule for the kernel only. It is for finding faults. Remove it and restart.',
  },
  {
    code: 'VF2139',
    severity: 'warning',
    title: 'Tunnels use a UDP port the card does not know',
    explanation:
      'mlx5 takes a datagram for VXLAN only at UDP ports that are registered with it, and 4789 is the one that is by itself (facts §7.3). Another one works in software: “vxlan udp dport was not registered with the HW”. Use 4789 on both ends.',
  },
  {
    code: 'VF2140',
    severity: 'warning',
    title: 'The tunnels of a bridge forward into one another',
    explanation:
      'A broadcast that comes in by one tunnel goes out by the others. With two hosts nobody notices; the third one makes a loop, and every broadcast goes round for ever (facts §17). `protected=true` on each tunnel port is the split horizon, which vflane sets.',
  },
  {
    code: 'VF2141',
    severity: 'warning',
    title: 'The host listens on a tenants’ bridge',
    explanation:
      'The bridge’s own port is up. The kernel’s socket for UDP 4789 takes datagrams by any address, so that a tenant who sends one to the bridge’s MAC, with a peer’s address as its source, gets into another tenant’s network (facts §17). Leave it down; vflane does.',
  },
  {
    code: 'VF2142',
    severity: 'warning',
    title: 'The host has IPv6 on tenants’ ports',
    explanation:
      'The kernel gives each netdev a link-local address by itself. By it a tenant reaches what the host serves (sshd), and the host believes a tenant’s router advertisements (facts §17). Switch IPv6 off on representors and on the bridges’ own ports; vflane does.',
  },
  {
    code: 'VF2143',
    severity: 'warning',
    title: 'A bridge with guests on it forwards whatever they send',
    explanation:
      'In switchdev the card refuses spoofchk, and Open vSwitch checks nothing by itself: with fail-mode standalone a guest may send under any MAC and address, answer ARP for others, and play DHCP server (facts §17). vflane’s bridges are secure, with flows per guest.',
  },
  {
    code: 'VF2144',
    severity: 'info',
    title: 'Nothing of vflane’s guards the tunnels’ port',
    explanation:
      'The kernel takes VXLAN from anybody who reaches the host, and the VNI in it decides whose network it enters (facts §17). vflane lets UDP 4789 in only from the fabric’s peers on the underlay. On this host there are tunnels, and no such table; another firewall may do it, which is not looked at here.',
  },
  {
    code: 'VF2145',
    severity: 'error',
    title: 'A bridge of vflane’s has lost its flows',
    explanation:
      'OpenFlow flows are in no database: every start of ovs-vswitchd begins without, and a secure bridge forwards nothing until they are back (facts §17). vflane has systemd bring them back; something removed that, or the flows. Apply again.',
  },
  {
    code: 'VF2146',
    severity: 'warning',
    title: 'At boot DPDK would look at the card too early',
    explanation:
      'Debian starts ovs-vswitchd before network.target, and DPDK keeps what it saw of a card when it first looked (facts §17). Without a drop-in that orders it after the card’s mode, LAG and VFs, its ports fail after the next boot. vflane writes that drop-in.',
  },
  {
    code: 'VF2147',
    severity: 'warning',
    title: 'VFs that nobody owns are on the untagged wire',
    explanation:
      'A VF that is up on the host without VLAN, address or master is one that the kernel’s driver took by itself. It sits on the wire where tunnel endpoints may live (facts §17), open to anything that runs here. Leave spare VFs without a driver (sriov_drivers_autoprobe=0).',
  },
  {
    code: 'VF2148',
    severity: 'warning',
    title: 'A bond’s ARP target is the host itself',
    explanation:
      'ARP monitoring asks an address behind the switch whether the port is alive. One of the host’s own is answered by the host or by the card’s switch, so that a dead switch passes for alive (facts §17). Take the gateway, or another address beyond the switch.',
  },
  {
    code: 'VF2149',
    severity: 'warning',
    title: 'Two VFs have the same MAC',
    explanation:
      'Each VF’s MAC is put into the forwarding table of its own port. A guest on port 0 that sends to such a MAC is given the VF of port 0, also where that one is the backup of the other’s bond, which drops what it hears (facts §8; bond_main.c). Guests of one host then cannot talk. Give each VF its own, and the bond fail_over_mac=active.',
  },
];
