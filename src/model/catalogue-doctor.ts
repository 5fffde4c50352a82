import { doctorFindingsOfVfs } from './catalogue-doctor-vfs.ts';
import { doctorFindingsOfWays } from './catalogue-doctor-ways.ts';
import type { CatalogueEntry } from './finding.ts';

/** VF2100 to VF2199: what the doctor finds on a host, whether a file names it or not. */
export const doctorFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF2100',
    severity: 'error',
    title: 'Open vSwitch is told to offload, and the driver cannot',
    explanation:
      'other_config:hw-offload is true, and `ethtool -k` shows hw-tc-offload as off [fixed] on the card: the mlx5 driver of this kernel was built without MLX5_CLS_ACT, on which all of its tc offload stands (drivers/net/ethernet/mellanox/mlx5/core/Kconfig). Debian 13’s stock kernel leaves CONFIG_NET_TC_SKB_EXT out, and MLX5_CLS_ACT with it (facts §0). Open vSwitch says nothing and forwards in software. It takes another kernel or NVIDIA’s driver; no setting helps.',
  },
  {
    code: 'VF2101',
    severity: 'error',
    title: 'The card’s two switches cannot be joined on this kernel',
    explanation:
      'The LAG is active and of type switchdev, and its flags say shared_fdb:off. Only the part of mlx5 that offloads tc pairs the switches of both ports (en_tc.c), and this kernel is built without it (facts §0). So the RDMA devices stay two, DPDK’s bonding mode finds no bond, and a VF does not fail over, which looks like a matter of `trust` and is none. It takes another kernel or NVIDIA’s driver; legacy-vlan works without.',
  },
  {
    code: 'VF2102',
    severity: 'warning',
    title: 'The firmware has too many VFs for the bond',
    explanation:
      'The card’s ports are in one bond, and the firmware’s NUM_OF_VFS is above 64 on a port. mlx5 makes no VF-LAG then, however few VFs are in use; `ip` prints a warning and exits 0, so that scripts go on (facts §1.2). Nothing fails over below the VFs. Lower NUM_OF_VFS with mstconfig, and reboot.',
  },
  {
    code: 'VF2103',
    severity: 'warning',
    title: 'The LAG’s RDMA device has lost the name that DPDK looks for',
    explanation:
      'Where the card’s two switches are one, the kernel makes one RDMA device of both ports and calls it mlx5_bond_0. rdma-core’s udev rule renames it after its PCI address, and DPDK before 26.03 knows a bond only by “bond” in that name (facts §0b). It then takes one port for all there is: everything works, and no VF fails over. Give it its name back before ovs-vswitchd starts, and switch the rule off.',
  },
  {
    code: 'VF2104',
    severity: 'warning',
    title: 'A port works with one channel',
    explanation:
      'Every change to switchdev leaves a PF one combined channel (mlx5 en_rep.c, facts §5), and the number is not put back by itself. One core then does all the work: 30 of 90 Gb/s where it was measured. Set it with `ethtool -L`, on both ports; the backup port of a bond needs it when it takes over.',
  },
  {
    code: 'VF2105',
    severity: 'warning',
    title: 'The representor of a VF in use is down',
    explanation:
      'In switchdev a VF has a carrier while its representor is up on the host, whatever the cable does (facts §4.3, §8). A VF that was there before the change of mode even starts so. Bring the representor up.',
  },
  {
    code: 'VF2106',
    severity: 'warning',
    title: 'A port with VFs is down on the host',
    explanation:
      'In legacy mode mlx5 takes the carrier from the VFs of a port that is administratively down (en_main.c, facts §5). That holds although the port carries no address of the host’s own and its cable is plugged. Set the port up; vflane does so by itself.',
  },
  {
    code: 'VF2107',
    severity: 'error',
    title: 'The underlay’s MTU is too small for what it carries',
    explanation:
      'VXLAN adds 50 bytes over IPv4 and 70 over IPv6 to what a guest sends (facts §7.4). The netdev that has the tunnel address has a smaller MTU than the ports of the bridge need, so that small packets pass and large ones vanish without an error: the kernel’s tunnel netdev itself takes 65000. Raise it after the enslaving, on the bond, and on the switches.',
  },
  {
    code: 'VF2108',
    severity: 'warning',
    title: 'hw-offload is set, and the daemon does not know yet',
    explanation:
      'Open vSwitch reads other_config:hw-offload at its start only (facts §7.1). The daemon that runs was started before, which shows in that none of its ports has an ingress qdisc for tc rules. Until it is restarted, everything is forwarded by the CPU. A restart interrupts every bridge of the host for a moment.',
  },
  {
    code: 'VF2109',
    severity: 'warning',
    title: 'A tunnel leaves the host by another NIC',
    explanation:
      'mlx5 encapsulates in hardware only what is routed out by its own ports or by a bond of them that is a VF-LAG (en/tc_tun.c, facts §7.3). The far end of this tunnel is in a network of another netdev. It works, and every packet costs the CPU and that NIC’s bandwidth. Put the tunnel address on the card’s bond.',
  },
  {
    code: 'VF2110',
    severity: 'warning',
    title: 'A VF’s link state is forced on',
    explanation:
      'With state `enable` a VF keeps its carrier when the port loses its link, and a guest’s bond that watches the link never leaves it (facts §8). It is meant for traffic between the VFs of one port. Set it to `auto`, or let the guest watch by ARP.',
  },
  {
    code: 'VF2111',
    severity: 'warning',
    title: 'A guest sends under a MAC that the card drops',
    explanation:
      'spoofchk lets a VF send only under the MAC that its PF gave it. A bond with fail_over_mac=none puts its first member’s MAC on all of them, so that the second VF is silenced, and nobody notices before the first one fails (facts §8). Let the bond use fail_over_mac=active, which is what vflane sets up.',
  },
  {
    code: 'VF2112',
    severity: 'warning',
    title: 'spoofchk is on for a VF without a MAC',
    explanation:
      'The check compares what a VF sends with the MAC that the PF gave it, and none was given: the kernel logs “Spoofchk in set while MAC is invalid” and the card drops all of it (facts §4.3). Give the VF a MAC first.',
  },
  {
    code: 'VF2113',
    severity: 'warning',
    title: 'The PCIe link has trained down',
    explanation:
      'The card runs with fewer lanes or a lower speed than both card and slot could do, as sysfs tells of each (facts §14.15). It happens where a card sits badly, a contact is dirty or a riser is poor; everything works, at a part of the throughput. Reseat the card and look again.',
  },
  {
    code: 'VF2114',
    severity: 'info',
    title: 'The slot is narrower than the card',
    explanation:
      'The card could use more lanes than its slot has, as in the seed’s x8 slots. Nothing is broken. An x8 slot of 16 GT/s carries 126 Gb/s less headers: one port at line rate fits, both ports together do not (facts §11). It is told so that nobody looks for the rest elsewhere.',
  },
  {
    code: 'VF2115',
    severity: 'warning',
    title: 'The card does not run the firmware in its flash',
    explanation:
      'A new firmware was burnt, and the card has not been reset since: devlink tells a running version and another, stored one (facts §6.1). Reset the card with mstfwreset where it knows how, without VFs and guests on it, or reboot. NUM_OF_VFS and other settings wait for the same moment.',
  },
  {
    code: 'VF2116',
    severity: 'info',
    title: 'The same card runs another firmware on another host',
    explanation:
      'Two hosts of the fabric have cards of the same PSID and run different versions. That is allowed, and is told because a fault that shows on one of them only may come from it. Burn the newer one on both if in doubt (facts §6.1).',
  },
  {
    code: 'VF2117',
    severity: 'error',
    title: 'A bridge asks for a representor by a name it does not have',
    explanation:
      'The names of representors follow the release of systemd: enp3s0f0npf0vf0 before 255, enp3s0f0r0 since (facts §2.4). Open vSwitch kept the other one in its database, gets “No such device”, and ovs-vsctl exits 0 all the same. Give the bridge the port by its present name; vflane finds representors by switch and port, and gives them names of its own.',
  },
  {
    code: 'VF2118',
    severity: 'error',
    title: 'VFs that vflane made are gone',
    explanation:
      'A restart of the host, or a reload of the driver, forgets everything but the firmware’s settings and Open vSwitch’s database: VFs, their MACs and VLANs, the mode, the bond (facts §13.12). Apply again. `vflane enable` has it done at each boot.',
  },
  {
    code: 'VF2119',
    severity: 'info',
    title: 'In switchdev a VF takes no trust',
    explanation:
      '`ip link set … vf N trust on` is answered in switchdev mode with “Operation not supported”, and with “Operation not permitted” where it was tried without root (facts §0b; mlx5 esw/legacy.c). Neither is why a VF does not fail over: trust only lets a VF of legacy mode be promiscuous. Look at the LAG instead: type switchdev and shared_fdb:on.',
  },
  {
    code: 'VF2120',
    severity: 'warning',
    title: 'A VM may run far from its card',
    explanation:
      'On a machine with several NUMA nodes the CPUs of one are near the card. This process has a VF open and may run elsewhere, so that each packet crosses between the sockets; throughput varies from run to run (facts §10). Pin it to the CPUs of the card’s node.',
  },
  {
    code: 'VF2121',
    severity: 'warning',
    title: 'There are fewer hugepages than DPDK needs',
    explanation:
      'DPDK keeps its buffers in pages of 2 MiB, and 1024 of them suffice for two sizes of MTU. With too few, ovs-vswitchd ends itself at its start (“Cannot allocate memory”), or ports get no buffers. Raise nr_hugepages on the card’s NUMA node; the kernel makes fewer than asked where memory is in pieces, without an error.',
  },
  {
    code: 'VF2122',
    severity: 'warning',
    title: 'The kernel is locked down',
    explanation:
      'With Secure Boot Debian’s kernel keeps even root from a card’s PCI registers (LOCK_DOWN_IN_EFI_SECURE_BOOT), and mstflint and mstconfig work through them (facts §6.2). Firmware and NUM_OF_VFS cannot be changed in this state; all the rest works. Do it once with Secure Boot off.',
  },
  {
    code: 'VF2123',
    severity: 'error',
    title: 'DPDK is asked for, and the daemon has none',
    explanation:
      'dpdk-init is true in Open vSwitch’s database, and dpdk_initialized is false: Debian’s plain ovs-vswitchd is the one that runs, and only logs that DPDK is not supported; or DPDK’s start failed. Choose the other daemon through update-alternatives, see that there are hugepages, and restart.',
  },
  {
    code: 'VF2124',
    severity: 'warning',
    title: 'The card makes no LAG of a bond of this mode',
    explanation:
      'mlx5 makes a LAG of bonds in active-backup, balance-xor and 802.3ad only. Of any other mode `ip` prints “Can’t activate LAG offload, TX type isn’t supported”, and exits 0 (facts §1.2). The bond works for the host, and no VF fails over.',
  },
  {
    code: 'VF2125',
    severity: 'warning',
    title: 'The bond has a member that is not the card’s',
    explanation:
      'mlx5 makes a LAG only where both its ports, and nothing else, are members of a bond (lag.c, facts §1.2). A third member keeps it from doing so, without a word. Take that one out.',
  },
  {
    code: 'VF2126',
    severity: 'warning',
    title: 'Only one port of the card is in the bond',
    explanation:
      'The card’s other port is outside the bond, or in another one: there is no LAG, and nothing to fail over to. A port has to be down while it is enslaved, which `ip` refuses otherwise with “Device can not be enslaved while up”; a script that goes on leaves such a bond. Put it in.',
  },
  {
    code: 'VF2127',
    severity: 'warning',
    title: 'Port metadata is switched off',
    explanation:
      'The two switches of a card are joined only with esw_port_metadata on, which is the default (facts §1.4). Somebody switched it off, and shared_fdb stays off with it. It can be set outside switchdev only.',
  },
  {
    code: 'VF2128',
    severity: 'warning',
    title: 'A port of the bond misses the bond’s tc rules',
    explanation:
      'With hw-offload Open vSwitch puts the rules of a bond that is its port into a block, which the bond and both members share (facts §1.4). A member that was enslaved later lacks it: “failed to bind LAG member”. Setting it down and up makes Open vSwitch try again.',
  },
  {
    code: 'VF2129',
    severity: 'error',
    title: 'The card kept a LAG that the kernel gave up',
    explanation:
      'The bond was taken apart while VFs had drivers: the firmware refuses to let the LAG go, and the kernel logs “driver restart required” (facts §1.3). Until the driver is reloaded the card forwards by a bond that is no more. Free the card of guests, and reload it.',
  },
  ...doctorFindingsOfVfs,
  ...doctorFindingsOfWays,
];
