import type { CatalogueEntry } from './finding.ts';

/** VF2xxx: what a host is, or is not, ready for. */
export const hostFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF2001',
    severity: 'error',
    title: 'The host has no such card',
    explanation:
      'The PCI function that `nic:` names is not there. PCI addresses change when a card is moved to another slot, or when another card is added before it. A card whose firmware does not start is missing too. `lspci -D` shows every function with its full address.',
  },
  {
    code: 'VF2002',
    severity: 'error',
    title: 'A port of the card has no driver or no netdev',
    explanation:
      'vflane sets a VF’s MAC and VLAN through the netdev of its PF, so the PF has to be bound to its own driver (mlx5_core). A PF that was given to a VM or bound to vfio-pci has no netdev. Give it back to its driver, and ask again.',
  },
  {
    code: 'VF2003',
    severity: 'error',
    title: 'SR-IOV is off in the card',
    explanation:
      'The PF has no sriov_totalvfs, or it is 0. The card’s firmware has SRIOV_EN=0 or NUM_OF_VFS=0, or the BIOS gave the card no room for VFs. Change it with mstconfig and reboot: the new value counts only from the next start of the card (facts §6.2).',
  },
  {
    code: 'VF2004',
    severity: 'error',
    title: 'The pool is larger than the firmware allows',
    explanation:
      'The kernel refuses more VFs than sriov_totalvfs, which is the firmware’s NUM_OF_VFS as of the last start of the card. Raise it with mstconfig and reboot. Keep it at 64 or below if you ever want a VF-LAG: with more, the driver refuses it, however many are in use (facts §1.2).',
  },
  {
    code: 'VF2005',
    severity: 'error',
    title: 'There is no IOMMU for what is to leave the kernel',
    explanation:
      'A VF is given to a VM through VFIO, and a port to DPDK as well, which needs an IOMMU to keep their memory apart: /sys/kernel/iommu_groups is empty here. Switch it on in the BIOS. AMD hosts use it by default then; Intel hosts may need intel_iommu=on (facts §3.3).',
  },
  {
    code: 'VF2006',
    severity: 'error',
    title: 'vflane is not root on the host',
    explanation:
      'Setting up VFs, namespaces and bonds takes root (CAP_NET_ADMIN and the files of sysfs). Looking does not, and works without. Run vflane as root, or connect as a user that may become root without a password.',
  },
  {
    code: 'VF2007',
    severity: 'error',
    title: 'The MTU is beyond what the port can do',
    explanation:
      'The MTU of a PF, or of what `underlay.ports` names, is the largest network’s and 80 bytes for headers, as in the seed’s 9080 for 9000. The driver states a smaller maximum. Lower the networks’ MTU.',
  },
  {
    code: 'VF2008',
    severity: 'error',
    title: 'The card is in switchdev mode',
    explanation:
      'legacy-vlan lets the card tag what a VF sends; in switchdev mode mlx5 refuses a VLAN on a VF (esw/legacy.c, EOPNOTSUPP), and representors and a bridge do that work. The mode was set by somebody else, so vflane does not change it: everything on the card would go down. Set it to legacy, or choose another datapath.',
  },
  {
    code: 'VF2009',
    severity: 'warning',
    title: 'A port belongs to a bond or bridge of the host',
    explanation:
      'In legacy mode a host bond does not carry VFs over to the other port: each guest has a VF of each port and bonds them itself. The host’s bond and the VFs can share the card, but the master decides the PF’s MTU, and the two may disagree.',
  },
  {
    code: 'VF2010',
    severity: 'warning',
    title: 'A namespace guest asks for DHCP',
    explanation:
      'A VM runs a DHCP client of its own; a namespace on the host does not, and vflane brings none. The lane is set up without an address. Run a client inside the namespace, or write the address down in the file.',
  },
  {
    code: 'VF2030',
    severity: 'error',
    title: 'The kernel’s mlx5 driver cannot offload tc',
    explanation:
      'ovs-tc asks the card to forward through tc rules, and this driver was built without them: `ethtool -k` shows hw-tc-offload as off [fixed], and no setting changes that. Debian 13’s stock kernel has CONFIG_NET_TC_SKB_EXT off, on which mlx5’s MLX5_CLS_ACT depends (drivers/net/ethernet/mellanox/mlx5/core/Kconfig): without it nothing is ever offloaded, and the two ports’ switches are never paired either. Rebuild the kernel with that option, use Debian 12’s, or install NVIDIA’s driver. With `offload: preferred` vflane goes on in software.',
  },
  {
    code: 'VF2031',
    severity: 'warning',
    title: 'The bridges forward in software',
    explanation:
      'The file asks for offload where it can be had, and here it cannot: the driver was built without tc offload. Everything works, and every packet costs the host’s CPU. `vflane explain VF2030` says what would change that.',
  },
  {
    code: 'VF2032',
    severity: 'error',
    title: 'The firmware has too many VFs for a VF-LAG',
    explanation:
      'mlx5 makes no VF-LAG when the firmware’s NUM_OF_VFS is above 64 on a port, however many VFs are in use; `ip` then only prints a warning and exits 0. Without the LAG a VF does not fail over to the other port. Lower NUM_OF_VFS and reboot.',
  },
  {
    code: 'VF2033',
    severity: 'error',
    title: 'Open vSwitch does not answer',
    explanation:
      'The overlay datapaths keep tenants apart with Open vSwitch’s bridges. It is not installed on the host, or its database server does not run. Install and start it; vflane does the rest.',
  },
  {
    code: 'VF2034',
    severity: 'warning',
    title: 'The mesh is large',
    explanation:
      'vflane joins the hosts of a network by a tunnel between every two of them, and each host copies every broadcast to all others. That is simple and good for a few hosts. Above sixteen a control plane that knows which MAC is where (OVN, EVPN) is the right engine.',
  },
  {
    code: 'VF2035',
    severity: 'info',
    title: 'A core of the host polls the card',
    explanation:
      'Under DPDK one core asks the card for packets without a pause, at full speed and full power, whether there are any or not. vflane takes the last core near the card (pmd-cpu-mask); keep guests off it. `ovs-appctl dpif-netdev/pmd-stats-show` says how busy it is.',
  },
  {
    code: 'VF2036',
    severity: 'error',
    title: 'DPDK would see one port of the card only',
    explanation:
      'Under ovs-dpdk the card’s LAG has to share one forwarding table between its ports (shared_fdb:on): only then is there one RDMA device for both, by which DPDK reaches the VFs of either port and by which a VF fails over. mlx5 pairs the ports in a part of the driver that Debian 13’s stock kernel is built without (CONFIG_MLX5_CLS_ACT). It then works with one port, and nothing says that the other one is not used.',
  },
];
