import type { CatalogueEntry } from './finding.ts';

/** VF204x: what somebody did to the card by hand, and what it costs. */
export const byHandFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF2040',
    severity: 'warning',
    title: 'The LAG is active, but is not a VF-LAG',
    explanation:
      'mlx5 makes a LAG of type roce of a bond over two ports in legacy mode without VFs, and says `active` of it too (facts §1.1). It carries RDMA traffic, and no VF: a script that waits for `active` alone is content with it, and no VF ever fails over. Only type switchdev is the VF-LAG. A plan that puts both ports into switchdev mends it, and waits for the type as well as for the state.',
  },
  {
    code: 'VF2041',
    severity: 'warning',
    title: 'The two ports are in different modes',
    explanation:
      'One PF is in switchdev mode and the other in legacy: the mode is each PF’s own. The card makes no LAG of ports that differ (mlx5 lag.c, facts §1.2), so that until both are alike a VF lives and dies with its own port. The plan puts the other one into switchdev as well.',
  },
  {
    code: 'VF2042',
    severity: 'warning',
    title: 'One port has its channels, the other has one',
    explanation:
      'Every change to switchdev leaves a PF one channel (mlx5 en_rep.c, facts §5), on each port by itself. Raised on one port only, all goes well until the bond fails over: then a single core works for all traffic, which cost two thirds of the throughput where it was measured (30 of 90 Gb/s). The plan raises both.',
  },
  {
    code: 'VF2043',
    severity: 'warning',
    title: 'vfio-pci took VFs through new_id',
    explanation:
      'These VFs are bound to vfio-pci without a driver_override that says so, and no process has them open: an id was written to vfio-pci’s new_id. It holds for every VF of that kind, other people’s too, and the second identical write fails with EEXIST (facts §3.3). A VF that nobody owns sits on the untagged wire, open to whoever may open /dev/vfio. Take the id back through remove_id and unbind what no VM uses; vflane binds each VF by itself, through driver_override.',
  },
  {
    code: 'VF2044',
    severity: 'error',
    title: 'A port that is to be bonded carries an address',
    explanation:
      'An overlay bonds the ports that carry it, or gives them to a bridge. The kernel leaves the address and its routes on the port, while what comes in belongs to the bond or bridge, so that the host would lose that network (facts §17). vflane does not move what others have set up. Move the address in the host’s own network configuration, or take it away; vflane sets `underlay: ADDRESS` itself unless it is told to adopt it.',
  },
  {
    code: 'VF2045',
    severity: 'warning',
    title: 'A bonded port still carries an address',
    explanation:
      'The port was put into a bond with an address on it, and the kernel left it there. What is sent from that address leaves by this one port, past the bond, and is lost where the bond uses the other; a strict rp_filter drops what comes in (facts §17). Move the address to the bond.',
  },
  {
    code: 'VF2046',
    severity: 'warning',
    title: 'A bond watches neither link nor ARP',
    explanation:
      'An active-backup bond that is made without miimon and without arp_interval has no link monitoring at all (drivers/net/bonding, facts §8), whatever its documentation says of a default. It never leaves a dead port, which nobody notices before one dies. Set miimon 100, or ARP targets, which see a dead switch behind a live link as well.',
  },
  {
    code: 'VF2047',
    severity: 'warning',
    title: 'The VF-LAG is made of two switches',
    explanation:
      'The LAG is active and of type switchdev, and its flags say shared_fdb:off: the ports’ switches were never joined. VFs of the second port are not reached through the first, the RDMA devices stay two, so that DPDK finds no bond, and a VF does not fail over (facts §0, §0b). The kernel’s mlx5 needs MLX5_CLS_ACT for it, which Debian 13’s lacks, and port metadata on, the default. `vflane explain VF2030` says how to get it.',
  },
  {
    code: 'VF2048',
    severity: 'warning',
    title: 'The card made no LAG of the bond',
    explanation:
      'Both ports are in switchdev and in one bond, and the card’s LAG is disabled. The firmware refuses to make one while a VF has a driver, and only the kernel’s log says so: “Make sure all VFs are unbound prior to VF LAG activation” (facts §1.3); modes of the bond other than active-backup, balance-xor and 802.3ad are never made into one. Nothing fails over below the VFs. Unbind the VFs, take one port out of the bond and put it back, and read lag/state again.',
  },
  {
    code: 'VF2049',
    severity: 'error',
    title: 'Somebody else’s bridge has a part of this overlay',
    explanation:
      'A bridge that vflane did not make has representors of the card’s VFs as ports, or a tunnel of the same VNI to the same host. A representor can be on one bridge only, and Open vSwitch makes a tunnel once for each pair of ends and VNI: the second one gets an error, though ovs-vsctl exits 0. Its ports outlive a reboot in the database, and take the representors back by their names. Take them off that bridge, or leave the VFs to whoever made it.',
  },
];
