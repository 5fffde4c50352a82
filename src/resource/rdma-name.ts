import type { Json } from '../model/json.ts';
import type { PciAddress } from '../model/names.ts';
import { isUnseen, type Unseen } from '../model/unseen.ts';
import type { Placed, Resource } from './resource.ts';
import { settleUdev } from './settle-udev.ts';

/** The kernel's own name for the RDMA device of both ports (drivers/infiniband/hw/mlx5/main.c). */
const bonded = 'mlx5_bond_0';

/**
 * The name of the card's RDMA device. DPDK before 26.03 takes a card for bonded if the device's name has "bond" in it, and
 * rdma-core renames it: then a VF silently does not fail over (facts §0b).
 */
export const rdmaName: Resource = {
  kind: 'rdma-name',
  timeoutMs: 10_000,
  wanted: ({ overlay, nics }) =>
    overlay?.dpdk === undefined || nics.length === 0 ? [] : [{ at: overlay.dpdk, value: bonded }],
  there: ({ pfs }) =>
    pfs.flatMap(({ pci, rdma }): readonly Placed<Json | Unseen>[] => {
      if (isUnseen(rdma)) return [{ at: pci, value: rdma }];
      return (rdma ?? []).slice(0, 1).map((name) => ({ at: pci, value: name }));
    }),
  // The device is re-registered with the LAG, which comes and goes with the bond.
  reads: () => ['host-bond bond0'],
  move: (at, _from, to) => ({
    actions:
      to === null
        ? []
        : [settleUdev, { run: ['rdma', 'dev', 'set', [{ rdma: at as PciAddress }], 'name', `${to}`] }],
  }),
  settled: (_at, to) =>
    to === null ? [] : [{ query: ['rdma', '-j', 'dev'], at: [`ifname=${to}`, 'ifname'], is: to }],
  why: () => 'Give the RDMA device of both ports the name by which DPDK knows a bonded card.',
};
