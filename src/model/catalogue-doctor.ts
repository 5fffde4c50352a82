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
];
