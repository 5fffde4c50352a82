import type { Datapath } from '../model/fabric.ts';

/** The reference: three approaches, measured by the seed's author on two machines with ConnectX-5 Ex cards in x8 slots. */
export interface ReferenceRow {
  readonly approach: string;
  readonly datapath: Datapath;
  /** Cell → Gb/s, the median of six directed values. */
  readonly gbps: { readonly [cell: string]: number };
  readonly pingMeanUs: number;
  readonly pingMdevUs: number;
  readonly tunnel: 'none' | 'vxlan4';
}

export const seedSource = 'the seed’s table';
export const seedLineBps = 100e9;
export const seedCells = ['1500/2', '9000/2', '9000/6'] as const;

type Five = readonly [number, number, number, number, number];

function row(approach: string, datapath: Datapath, [small, large, many, mean, mdev]: Five): ReferenceRow {
  const gbps = { '1500/2': small, '9000/2': large, '9000/6': many };
  const tunnel = datapath === 'legacy-vlan' ? 'none' : 'vxlan4';
  return { approach, datapath, tunnel, gbps, pingMeanUs: mean, pingMdevUs: mdev };
}

export const seedFigures: readonly ReferenceRow[] = [
  row('legacy + VLAN', 'legacy-vlan', [70, 82, 95, 30, 7]),
  row('ovs/dpdk + VXLAN', 'ovs-dpdk', [61, 85, 96, 32, 3]),
  row('ovs/tc + VXLAN', 'ovs-tc', [83, 86, 96, 28, 5]),
];
