import type { CatalogueEntry } from './finding.ts';

/** VF2130 to VF2149: what the doctor finds about VFs and the bridges they are on. */
export const doctorFindingsOfVfs: readonly CatalogueEntry[] = [
  {
    code: 'VF2130',
    severity: 'warning',
    title: 'The firmware refused switchdev',
    explanation:
      'The firmware makes no switch while a VF has a driver (“creating a flow table when reformat_en/decap_en bit set while VF is up isn’t allowed”, syndrome 0x98afbb), so the port stayed in legacy mode (facts §2.1). devlink says “Failed setting eswitch to offloads” and “Invalid argument”. Unbind every VF first, or have none.',
  },
  {
    code: 'VF2131',
    severity: 'error',
    title: 'The machine has no address space for the VFs',
    explanation:
      'Each VF takes part of a window that the BIOS sets aside at boot: usually 1 MiB, times NUM_OF_VFS, times two ports (facts §6.2). Here the BIOS set none aside, and the kernel says “not enough MMIO resources for SR-IOV” and “Cannot allocate memory”. Switch “Above 4G decoding” and SR-IOV on in the BIOS, or ask the firmware for fewer VFs.',
  },
  {
    code: 'VF2132',
    severity: 'error',
    title: 'A change waits for a guest to release its VF',
    explanation:
      'mlx5 accepts 0 as the number of VFs while a guest has one open: the write then hangs until the guest ends, holding a lock that other writes wait for (facts §3.1). The kernel logs “Relaying device request to user” every ten seconds. Stop the guest. vflane checks who has a VF before it touches one.',
  },
  {
    code: 'VF2133',
    severity: 'warning',
    title: 'A VF lacks the driver that it was assigned',
    explanation:
      'driver_override names a driver for these VFs, but none is bound. While sriov_drivers_autoprobe is 0, a plain bind of a VF fails with “No such device” (pci-driver.c, facts §3.3). Load the driver’s module, then write driver_override, then drivers_probe.',
  },
  {
    code: 'VF2134',
    severity: 'error',
    title: 'The card is in recovery mode',
    explanation:
      'The card answers with the id of its boot loader: its own firmware does not start, for instance after an interrupted burn. It has no netdev and no VF. Burn the image for its exact PSID with mstflint, then cut its power.',
  },
  {
    code: 'VF2135',
    severity: 'error',
    title: 'A VF for a VM shares its IOMMU group',
    explanation:
      'All functions of an IOMMU group go to user space together or not at all (Documentation/driver-api/vfio.rst): QEMU says “group N is not viable” while the kernel has a driver on any of them. The board decides which functions share a group. Try a slot with groups of its own, or ACS in the BIOS.',
  },
  {
    code: 'VF2136',
    severity: 'warning',
    title: 'tc offload is switched off on a port',
    explanation:
      'The driver can offload, and does by default, but `ethtool -K … hw-tc-offload off` was run on this port. Nothing that arrives on it is forwarded in hardware. Switch it on again; with rules in place it cannot be switched off.',
  },
  {
    code: 'VF2137',
    severity: 'error',
    title: 'A port of Open vSwitch does not work',
    explanation:
      'ovs-vsctl exits 0 even if a port could not be opened: only the `error` column of its interface says so (facts §7.5). The netdev that it names is missing or not of the given type, or DPDK could not take it. The port forwards nothing until this is fixed.',
  },
  {
    code: 'VF2138',
    severity: 'warning',
    title: 'tc-policy keeps the rules out of the card',
    explanation:
      'tc-policy=skip_hw makes Open vSwitch install every tc rule in the kernel only. It is for troubleshooting. Remove it and restart.',
  },
  {
    code: 'VF2139',
    severity: 'warning',
    title: 'Tunnels use a UDP port the card does not know',
    explanation:
      'mlx5 recognizes VXLAN only on UDP ports registered with it, and only 4789 is by default (facts §7.3). Any other port works in software: “vxlan udp dport was not registered with the HW”. Use 4789 on both ends.',
  },
  {
    code: 'VF2140',
    severity: 'warning',
    title: 'A bridge forwards from one tunnel into another',
    explanation:
      'A broadcast that arrives on one tunnel leaves on the others. With two hosts nobody notices; a third makes a loop, and every broadcast circulates forever (facts §17). `protected=true` on each tunnel port is the split horizon, which vflane sets.',
  },
  {
    code: 'VF2141',
    severity: 'warning',
    title: 'The host listens on a tenant bridge',
    explanation:
      'The bridge’s own port is up. The kernel’s socket for UDP 4789 takes datagrams on any address. A tenant who sends one to the bridge’s MAC, with a peer’s address as its source, gets into another tenant’s network (facts §17). Leave it down; vflane does.',
  },
  {
    code: 'VF2142',
    severity: 'warning',
    title: 'The host has IPv6 on tenant ports',
    explanation:
      'By default the kernel gives each netdev a link-local address. Through it a tenant reaches the host’s services (sshd), and the host believes a tenant’s router advertisements (facts §17). Switch IPv6 off on representors and on the bridges’ own ports; vflane does.',
  },
  {
    code: 'VF2143',
    severity: 'warning',
    title: 'A bridge with guests on it forwards whatever they send',
    explanation:
      'In switchdev mode the card refuses spoofchk, and Open vSwitch by default checks nothing. With fail-mode standalone a guest may send from any MAC and address, answer ARP for others, and act as DHCP server (facts §17). vflane’s bridges are secure, with flows per guest.',
  },
  {
    code: 'VF2144',
    severity: 'info',
    title: 'No vflane table guards the tunnel port',
    explanation:
      'The kernel accepts VXLAN from anybody who reaches the host, and the VNI in it decides which network it enters (facts §17). vflane admits UDP 4789 only from the fabric’s peers on the underlay. This host has tunnels but no such table; another firewall may do the same, which is not checked here.',
  },
  {
    code: 'VF2145',
    severity: 'error',
    title: 'A vflane bridge has lost its flows',
    explanation:
      'OpenFlow flows are in no database: ovs-vswitchd always starts without them, and a secure bridge forwards nothing until they are back (facts §17). vflane has systemd restore them; either that or the flows were removed. Apply again.',
  },
  {
    code: 'VF2146',
    severity: 'warning',
    title: 'At boot DPDK would look at the card too early',
    explanation:
      'Debian starts ovs-vswitchd before network.target, and DPDK keeps what it saw of a card at its first look (facts §17). Without a drop-in that orders it after the card’s mode, LAG and VFs, its ports fail after the next boot. vflane writes that drop-in.',
  },
  {
    code: 'VF2147',
    severity: 'warning',
    title: 'VFs without an owner are on the untagged wire',
    explanation:
      'A VF that is up on the host without VLAN, address or master was taken by the kernel’s driver on its own. It is on the wire where tunnel endpoints may live (facts §17), open to anything that runs here. Leave spare VFs without a driver (sriov_drivers_autoprobe=0).',
  },
  {
    code: 'VF2148',
    severity: 'warning',
    title: 'A bond’s ARP target is the host itself',
    explanation:
      'ARP monitoring asks an address behind the switch to learn whether the port is alive. For one of the host’s own, the host or the card’s switch answers, so a dead switch passes for alive (facts §17). Use the gateway, or another address beyond the switch.',
  },
  {
    code: 'VF2149',
    severity: 'warning',
    title: 'Two VFs have the same MAC',
    explanation:
      'Each VF’s MAC is put into the forwarding table of its own port. When a guest on port 0 sends to a shared MAC, port 0’s VF gets it, even if it is the backup in the other guest’s bond, which drops what it hears (facts §8; bond_main.c). Guests of one host then cannot talk. Give each VF its own, and the bond fail_over_mac=active.',
  },
];
