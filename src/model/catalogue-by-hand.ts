import type { CatalogueEntry } from './finding.ts';

/** VF204x: what somebody did to the card by hand, and what it costs. */
export const byHandFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF2040',
    severity: 'warning',
    title: 'The LAG is active, but is not a VF-LAG',
    explanation:
      'From a bond over two ports in legacy mode without VFs, mlx5 makes a LAG of type roce, which it also reports as `active` (facts §1.1). It carries RDMA traffic but no VF: a script that waits only for `active` is satisfied, and no VF ever fails over. Only type switchdev is the VF-LAG. A plan that puts both ports into switchdev fixes this, and waits for the type as well as the state.',
  },
  {
    code: 'VF2041',
    severity: 'warning',
    title: 'The two ports are in different modes',
    explanation:
      'One PF is in switchdev mode and the other in legacy: each PF has its own mode. The card makes no LAG of ports in different modes (mlx5 lag.c, facts §1.2), so until they match a VF lives and dies with its own port. The plan puts the other one into switchdev as well.',
  },
  {
    code: 'VF2042',
    severity: 'warning',
    title: 'One port has its channels, the other only one',
    explanation:
      'Every change to switchdev leaves a PF one channel (mlx5 en_rep.c, facts §5), each port separately. If only one port was raised, all is well until the bond fails over. Then a single core handles all traffic, which cost two thirds of the throughput where it was measured (30 of 90 Gb/s). The plan raises both.',
  },
  {
    code: 'VF2043',
    severity: 'warning',
    title: 'vfio-pci took VFs through new_id',
    explanation:
      'These VFs are bound to vfio-pci without a driver_override for it, and no process has them open: an id was written to vfio-pci’s new_id. It applies to every VF of that kind, other people’s too, and writing it again fails with EEXIST (facts §3.3). A VF without an owner is on the untagged wire, open to whoever may open /dev/vfio. Take the id back through remove_id and unbind what no VM uses; vflane binds each VF by itself, through driver_override.',
  },
  {
    code: 'VF2044',
    severity: 'error',
    title: 'A port that is to be bonded has an address',
    explanation:
      'An overlay bonds the ports that carry it, or adds them to a bridge. The kernel leaves the address and its routes on the port, but what comes in belongs to the bond or bridge, so the host would lose that network (facts §17). vflane does not move what others have set up. Move the address in the host’s own network configuration, or remove it; vflane sets `underlay: ADDRESS` itself unless it is told to adopt it.',
  },
  {
    code: 'VF2045',
    severity: 'warning',
    title: 'A bonded port still has an address',
    explanation:
      'The port had an address when it was put into a bond, and the kernel left it there. What is sent from that address leaves by this one port, past the bond, and is lost if the bond uses the other; a strict rp_filter drops what comes in (facts §17). Move the address to the bond.',
  },
  {
    code: 'VF2046',
    severity: 'warning',
    title: 'A bond monitors neither link nor ARP',
    explanation:
      'An active-backup bond made without miimon and arp_interval has no link monitoring at all (drivers/net/bonding, facts §8), whatever its documentation says about a default. It never leaves a dead port, and nobody notices until one dies. Set miimon 100, or ARP targets, which also see a dead switch behind a live link.',
  },
  {
    code: 'VF2047',
    severity: 'warning',
    title: 'The VF-LAG’s two switches are not joined',
    explanation:
      'The LAG is active and of type switchdev, but its flags say shared_fdb:off: the ports’ switches were never joined. VFs of the second port cannot be reached through the first, DPDK finds no bond (there are still two RDMA devices), and VFs do not fail over (facts §0, §0b). Joining takes MLX5_CLS_ACT in the kernel’s mlx5, which Debian 13’s lacks, and port metadata on, the default. `vflane explain VF2030` says how to get it.',
  },
  {
    code: 'VF2048',
    severity: 'warning',
    title: 'The card made no LAG from the bond',
    explanation:
      'Both ports are in switchdev and in one bond, but the card’s LAG is disabled. The firmware refuses to make one while a VF has a driver, and only the kernel’s log says so: “Make sure all VFs are unbound prior to VF LAG activation” (facts §1.3). A bond in any mode but active-backup, balance-xor and 802.3ad never becomes one. VFs have no failover in the card. Unbind the VFs, take one port out of the bond and put it back, and read lag/state again.',
  },
  {
    code: 'VF2049',
    severity: 'error',
    title: 'Another bridge has a part of this overlay',
    explanation:
      'A bridge that vflane did not make has representors of the card’s VFs as ports, or a tunnel with the same VNI to the same host. A representor can be on only one bridge, and Open vSwitch makes one tunnel per pair of ends and VNI: the second gets an error, though ovs-vsctl exits 0. That bridge’s ports survive a reboot in the database, and take the representors back by name. Take them off that bridge, or leave the VFs to whoever made it.',
  },
];
