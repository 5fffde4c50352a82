import { doctorFindingsOfVfs } from './catalogue-doctor-vfs.ts';
import { doctorFindingsOfWays } from './catalogue-doctor-ways.ts';
import type { CatalogueEntry } from './finding.ts';

/** VF2100 to VF2199: what the doctor finds on a host, whether a file names it or not. */
export const doctorFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF2100',
    severity: 'error',
    title: 'Open vSwitch is set to offload, but the driver cannot',
    explanation:
      'other_config:hw-offload is true, but `ethtool -k` shows hw-tc-offload as off [fixed] on the card. This kernel’s mlx5 driver was built without MLX5_CLS_ACT, which all its tc offload needs (drivers/net/ethernet/mellanox/mlx5/core/Kconfig). Debian 13’s stock kernel leaves out CONFIG_NET_TC_SKB_EXT, and with it MLX5_CLS_ACT (facts §0). Open vSwitch says nothing and forwards in software. Use another kernel or NVIDIA’s driver; no setting helps.',
  },
  {
    code: 'VF2101',
    severity: 'error',
    title: 'The card’s two switches cannot be joined on this kernel',
    explanation:
      'The LAG is active and of type switchdev, but its flags say shared_fdb:off. Only mlx5’s tc offload code (en_tc.c) pairs the switches of both ports, and this kernel is built without it (facts §0). So there are still two RDMA devices, DPDK’s bonding mode finds no bond, and VFs do not fail over. It looks like a `trust` problem but is not. Use another kernel or NVIDIA’s driver; legacy-vlan works without either.',
  },
  {
    code: 'VF2102',
    severity: 'warning',
    title: 'NUM_OF_VFS is too high for a VF-LAG',
    explanation:
      'The card’s ports are in one bond, and the firmware’s NUM_OF_VFS is above 64 on a port. mlx5 then makes no VF-LAG, however few VFs are in use; `ip` prints a warning but exits 0, so scripts carry on (facts §1.2). VFs have no failover in the card. Lower NUM_OF_VFS with mstconfig, and reboot.',
  },
  {
    code: 'VF2103',
    severity: 'warning',
    title: 'The LAG’s RDMA device has lost the name that DPDK looks for',
    explanation:
      'When the card’s two switches are joined, the kernel makes one RDMA device for both ports and calls it mlx5_bond_0. rdma-core’s udev rule renames it after its PCI address, but DPDK before 26.03 recognizes a bond only by “bond” in that name (facts §0b). DPDK then sees a single port: everything works, but no VF fails over. Restore the name before ovs-vswitchd starts, and disable the rule.',
  },
  {
    code: 'VF2104',
    severity: 'warning',
    title: 'A port has only one channel',
    explanation:
      'Every change to switchdev leaves a PF one combined channel (mlx5 en_rep.c, facts §5), and nothing restores the old number. One core then does all the work: 30 of 90 Gb/s where it was measured. Set it with `ethtool -L` on both ports; the backup port of a bond needs it when it takes over.',
  },
  {
    code: 'VF2105',
    severity: 'warning',
    title: 'The representor of a VF in use is down',
    explanation:
      'In switchdev mode a VF has carrier while its representor is up on the host, whatever the cable does (facts §4.3, §8). A VF that existed before the change of mode starts without it. Bring the representor up.',
  },
  {
    code: 'VF2106',
    severity: 'warning',
    title: 'A port with VFs is down on the host',
    explanation:
      'In legacy mode mlx5 takes the carrier from the VFs of a port that is administratively down (en_main.c, facts §5). It does so even if the host has no address on the port and its cable is plugged in. Set the port up; vflane does so by itself.',
  },
  {
    code: 'VF2107',
    severity: 'error',
    title: 'The underlay’s MTU is too small for its tunnels',
    explanation:
      'VXLAN adds 50 bytes over IPv4 and 70 over IPv6 to what a guest sends (facts §7.4). The netdev with the tunnel address has a smaller MTU than the bridge’s ports need. Small packets pass and large ones vanish without an error, because the kernel’s tunnel netdev itself accepts 65000. Raise the MTU of the bond, after enslaving its ports, and of the switches.',
  },
  {
    code: 'VF2108',
    severity: 'warning',
    title: 'hw-offload is set, but ovs-vswitchd has not read it yet',
    explanation:
      'Open vSwitch reads other_config:hw-offload only when it starts (facts §7.1). The running daemon started before it was set: none of its ports has an ingress qdisc for tc rules. Until it is restarted, the CPU forwards everything. A restart briefly interrupts every bridge of the host.',
  },
  {
    code: 'VF2109',
    severity: 'warning',
    title: 'A tunnel leaves the host through another NIC',
    explanation:
      'mlx5 encapsulates in hardware only what is routed out through its own ports or a bond of them that is a VF-LAG (en/tc_tun.c, facts §7.3). The far end of this tunnel is in another netdev’s network. It works, but every packet costs CPU time and that NIC’s bandwidth. Put the tunnel address on the card’s bond.',
  },
  {
    code: 'VF2110',
    severity: 'warning',
    title: 'A VF’s link state is forced on',
    explanation:
      'With state `enable` a VF keeps its carrier when the port loses its link, so a guest’s bond that monitors the link never leaves it (facts §8). It is meant for traffic between the VFs of one port. Set it to `auto`, or let the guest monitor by ARP.',
  },
  {
    code: 'VF2111',
    severity: 'warning',
    title: 'A guest sends from a MAC that the card drops',
    explanation:
      'spoofchk lets a VF send only from the MAC that its PF gave it. A bond with fail_over_mac=none puts its first member’s MAC on all members, so the second VF is silenced, and nobody notices until the first one fails (facts §8). Set fail_over_mac=active on the bond, as vflane does.',
  },
  {
    code: 'VF2112',
    severity: 'warning',
    title: 'spoofchk is on for a VF without a MAC',
    explanation:
      'The check compares what a VF sends with the MAC that its PF gave it, and this VF was given none. The kernel logs “Spoofchk in set while MAC is invalid”, and the card drops all it sends (facts §4.3). Give the VF a MAC first.',
  },
  {
    code: 'VF2113',
    severity: 'warning',
    title: 'The PCIe link has trained down',
    explanation:
      'sysfs shows the card running with fewer lanes or a lower speed than both card and slot support (facts §14.15). It happens with a badly seated card, a dirty contact or a poor riser. Everything works, but with less throughput. Reseat the card and look again.',
  },
  {
    code: 'VF2114',
    severity: 'info',
    title: 'The slot is narrower than the card',
    explanation:
      'The card could use more lanes than its slot has, as in the seed’s x8 slots. Nothing is broken. An x8 slot of 16 GT/s carries 126 Gb/s less headers: enough for one port at line rate, but not for both (facts §11). It is reported so that nobody looks for the rest elsewhere.',
  },
  {
    code: 'VF2115',
    severity: 'warning',
    title: 'The card does not run the firmware in its flash',
    explanation:
      'New firmware was burnt, but the card has not been reset since: devlink shows a stored version other than the running one (facts §6.1). Reset the card with mstfwreset, if it supports that and has no VFs or guests on it, or reboot. NUM_OF_VFS and other settings take effect at the same moment.',
  },
  {
    code: 'VF2116',
    severity: 'info',
    title: 'The same card runs different firmware on another host',
    explanation:
      'Two hosts of the fabric have cards with the same PSID but different firmware versions. That is allowed; it is reported because a fault that shows on only one of them may come from it. If in doubt, burn the newer one on both (facts §6.1).',
  },
  {
    code: 'VF2117',
    severity: 'error',
    title: 'A bridge looks for a representor under the wrong name',
    explanation:
      'Representor names depend on the release of systemd: enp3s0f0npf0vf0 before 255, enp3s0f0r0 since (facts §2.4). Open vSwitch kept the other name in its database and gets “No such device”, but ovs-vsctl exits 0. Give the bridge the port under its present name; vflane finds representors by switch and port, and gives them names of its own.',
  },
  {
    code: 'VF2118',
    severity: 'error',
    title: 'VFs that vflane made are gone',
    explanation:
      'A reboot of the host or a reload of the driver loses everything except the firmware’s settings and Open vSwitch’s database: VFs, their MACs and VLANs, the mode, the bond (facts §13.12). Apply again. `vflane enable` has this done at each boot.',
  },
  {
    code: 'VF2119',
    severity: 'info',
    title: 'VF trust cannot be set in switchdev mode',
    explanation:
      'In switchdev mode `ip link set … vf N trust on` fails with “Operation not supported”, or with “Operation not permitted” if tried without root (facts §0b; mlx5 esw/legacy.c). Neither is why a VF does not fail over: trust only lets a VF in legacy mode be promiscuous. Look at the LAG instead: type switchdev and shared_fdb:on.',
  },
  {
    code: 'VF2120',
    severity: 'warning',
    title: 'A VM may run far from its card',
    explanation:
      'On a machine with several NUMA nodes, only one node’s CPUs are near the card. This process has a VF open and may run on another node. Each packet then crosses between the sockets, and throughput varies from run to run (facts §10). Pin it to the CPUs of the card’s node.',
  },
  {
    code: 'VF2121',
    severity: 'warning',
    title: 'There are fewer hugepages than DPDK needs',
    explanation:
      'DPDK keeps its buffers in pages of 2 MiB, and 1024 of them are enough for two MTU sizes. With too few, ovs-vswitchd exits at its start (“Cannot allocate memory”), or ports get no buffers. Raise nr_hugepages on the card’s NUMA node; if memory is fragmented, the kernel makes fewer than asked, without an error.',
  },
  {
    code: 'VF2122',
    severity: 'warning',
    title: 'The kernel is locked down',
    explanation:
      'With Secure Boot, Debian’s kernel denies even root a card’s PCI registers (LOCK_DOWN_IN_EFI_SECURE_BOOT), which mstflint and mstconfig need (facts §6.2). Firmware and NUM_OF_VFS cannot be changed in this state; everything else works. Change them once with Secure Boot off.',
  },
  {
    code: 'VF2123',
    severity: 'error',
    title: 'DPDK is asked for, but ovs-vswitchd runs without it',
    explanation:
      'dpdk-init is true in Open vSwitch’s database, but dpdk_initialized is false. Either Debian’s plain ovs-vswitchd is running, which only logs that DPDK is not supported, or DPDK failed to start. Select the other daemon with update-alternatives, make sure there are hugepages, and restart.',
  },
  {
    code: 'VF2124',
    severity: 'warning',
    title: 'The card makes no LAG from a bond in this mode',
    explanation:
      'mlx5 makes a LAG only from bonds in active-backup, balance-xor and 802.3ad. For any other mode `ip` prints “Can’t activate LAG offload, TX type isn’t supported”, and exits 0 (facts §1.2). The bond works for the host, but no VF fails over.',
  },
  {
    code: 'VF2125',
    severity: 'warning',
    title: 'The bond has a member that is not one of the card’s ports',
    explanation:
      'mlx5 makes a LAG only if both its ports, and nothing else, are members of a bond (lag.c, facts §1.2). A third member silently prevents it. Take that one out.',
  },
  {
    code: 'VF2126',
    severity: 'warning',
    title: 'Only one port of the card is in the bond',
    explanation:
      'The card’s other port is outside the bond, or in another one: there is no LAG, and nothing to fail over to. A port must be down when it is enslaved, or `ip` refuses with “Device can not be enslaved while up”; a script that carries on leaves such a bond. Add the other port.',
  },
  {
    code: 'VF2127',
    severity: 'warning',
    title: 'Port metadata is switched off',
    explanation:
      'The two switches of a card are joined only with esw_port_metadata on, which is the default (facts §1.4). Somebody switched it off, and shared_fdb stays off with it. It can be changed only outside switchdev mode.',
  },
  {
    code: 'VF2128',
    severity: 'warning',
    title: 'A member of the bond lacks the bond’s tc rules',
    explanation:
      'With hw-offload Open vSwitch puts the rules of a bond that is its port into a block shared by the bond and both members (facts §1.4). A member enslaved later lacks it: “failed to bind LAG member”. Set it down and up to make Open vSwitch try again.',
  },
  {
    code: 'VF2129',
    severity: 'error',
    title: 'The card kept a LAG that the kernel gave up',
    explanation:
      'The bond was taken apart while VFs had drivers: the firmware refuses to release the LAG, and the kernel logs “driver restart required” (facts §1.3). Until the driver is reloaded, the card forwards for a bond that no longer exists. Take the guests off the card, and reload the driver.',
  },
  ...doctorFindingsOfVfs,
  ...doctorFindingsOfWays,
];
