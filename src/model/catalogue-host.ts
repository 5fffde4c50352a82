import type { CatalogueEntry } from './finding.ts';

/** VF2xxx: what a host is or is not ready for. */
export const hostFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF2001',
    severity: 'error',
    title: 'The host has no such card',
    explanation:
      'The PCI function under `nic:` does not exist. PCI addresses change when a card is moved to another slot, or when another card is added before it. A card whose firmware does not start is missing too. `lspci -D` shows every function with its full address.',
  },
  {
    code: 'VF2002',
    severity: 'error',
    title: 'A port of the card has no driver or no netdev',
    explanation:
      'vflane sets a VF’s MAC and VLAN through the netdev of its PF, so the PF has to be bound to its own driver (mlx5_core). A PF that was given to a VM or bound to vfio-pci has no netdev. Give it back to its driver, and try again.',
  },
  {
    code: 'VF2003',
    severity: 'error',
    title: 'SR-IOV is off in the card',
    explanation:
      'The PF has no sriov_totalvfs, or it is 0. The card’s firmware has SRIOV_EN=0 or NUM_OF_VFS=0, or the BIOS gave the card no room for VFs. Change it with mstconfig and reboot: the new value takes effect when the card next starts (facts §6.2).',
  },
  {
    code: 'VF2004',
    severity: 'error',
    title: 'The pool is larger than the firmware allows',
    explanation:
      'The kernel refuses more VFs than sriov_totalvfs, which is the firmware’s NUM_OF_VFS as of the last start of the card. Raise it with mstconfig and reboot. Keep it at 64 or below if you ever want a VF-LAG: above that the driver refuses it, however many are in use (facts §1.2).',
  },
  {
    code: 'VF2005',
    severity: 'error',
    title: 'VMs or DPDK need an IOMMU, and there is none',
    explanation:
      'A VF goes to a VM, and a port to DPDK, through VFIO, which needs an IOMMU to keep their memory apart. Here /sys/kernel/iommu_groups is empty. Switch the IOMMU on in the BIOS. AMD hosts then use it by default; Intel hosts may need intel_iommu=on (facts §3.3).',
  },
  {
    code: 'VF2006',
    severity: 'error',
    title: 'vflane is not root on the host',
    explanation:
      'Setting up VFs, namespaces and bonds needs root (CAP_NET_ADMIN and the files of sysfs). Looking does not. Run vflane as root, or connect as a user that may become root without a password.',
  },
  {
    code: 'VF2007',
    severity: 'error',
    title: 'The MTU is larger than the port allows',
    explanation:
      'The MTU of a PF, or of `underlay.ports`, is the largest network’s plus 80 bytes for headers, as in the seed’s 9080 for 9000. The driver reports a smaller maximum. Lower the networks’ MTU.',
  },
  {
    code: 'VF2008',
    severity: 'error',
    title: 'The card is in switchdev mode',
    explanation:
      'legacy-vlan lets the card tag what a VF sends. In switchdev mode mlx5 refuses a VLAN on a VF (esw/legacy.c, EOPNOTSUPP), and representors and a bridge do that work. Somebody else set the mode, so vflane does not change it: everything on the card would go down. Set it to legacy, or choose another datapath.',
  },
  {
    code: 'VF2009',
    severity: 'warning',
    title: 'A port belongs to a bond or bridge of the host',
    explanation:
      'In legacy mode a bond on the host does not move VFs to the other port: each guest has a VF of each port and bonds them itself. Bond and VFs can share the card, but the bond or bridge sets the PF’s MTU, and the VFs may need another.',
  },
  {
    code: 'VF2010',
    severity: 'warning',
    title: 'A namespace guest asks for DHCP',
    explanation:
      'A VM runs its own DHCP client; a namespace on the host does not, and vflane provides none. The lane is set up without an address. Run a client inside the namespace, or write the address in the file.',
  },
  {
    code: 'VF2030',
    severity: 'error',
    title: 'The kernel’s mlx5 driver cannot offload tc',
    explanation:
      'ovs-tc makes the card forward through tc rules, and this driver was built without them: `ethtool -k` shows hw-tc-offload as off [fixed], and no setting changes that. Debian 13’s stock kernel has CONFIG_NET_TC_SKB_EXT off, on which mlx5’s MLX5_CLS_ACT depends (drivers/net/ethernet/mellanox/mlx5/core/Kconfig): without it nothing is ever offloaded, and the switches of the two ports are never paired. Rebuild the kernel with that option, use Debian 12’s, or install NVIDIA’s driver. With `offload: preferred` vflane goes on in software.',
  },
  {
    code: 'VF2031',
    severity: 'warning',
    title: 'The bridges forward in software',
    explanation:
      'The file asks for offload if possible, and here it is not: the driver was built without tc offload. Everything works, but every packet costs the host’s CPU. `vflane explain VF2030` says what would change that.',
  },
  {
    code: 'VF2032',
    severity: 'error',
    title: 'The firmware has too many VFs for a VF-LAG',
    explanation:
      'mlx5 forms no VF-LAG when the firmware’s NUM_OF_VFS is above 64 on a port, however many VFs are in use; `ip` then only prints a warning and exits 0. Without the LAG a VF does not fail over to the other port. Lower NUM_OF_VFS and reboot.',
  },
  {
    code: 'VF2033',
    severity: 'error',
    title: 'Open vSwitch does not answer',
    explanation:
      'The overlay datapaths keep tenants apart with bridges of Open vSwitch. It is not installed here, or its database server is not running. Install and start it; vflane does the rest.',
  },
  {
    code: 'VF2034',
    severity: 'warning',
    title: 'The mesh is large',
    explanation:
      'vflane connects every two hosts of a network by a tunnel, and each host copies every broadcast to all others. That is simple and good for a few hosts. Above sixteen, a control plane that knows which MAC is where (OVN, EVPN) is the right engine.',
  },
  {
    code: 'VF2035',
    severity: 'info',
    title: 'A core of the host polls the card',
    explanation:
      'Under DPDK one core polls the card for packets without pause, at full speed and full power, whether there are any or not. vflane takes the last core near the card (pmd-cpu-mask); keep guests off it. `ovs-appctl dpif-netdev/pmd-stats-show` says how busy it is.',
  },
  {
    code: 'VF2036',
    severity: 'error',
    title: 'DPDK would see only one port of the card',
    explanation:
      'Under ovs-dpdk the two ports of the card’s LAG have to share one forwarding table (shared_fdb:on). Only then is there one RDMA device for both, through which DPDK reaches the VFs of either port and a VF can fail over. Debian 13’s stock kernel is built without the part of mlx5 that pairs the ports (CONFIG_MLX5_CLS_ACT). DPDK then works with one port, and nothing says that the other is not used.',
  },
];
