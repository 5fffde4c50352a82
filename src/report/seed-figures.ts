/** The reference: three ways on two machines with ConnectX-5 Ex cards in x8 slots, as the author of the seed measured them. */
export interface ReferenceRow {
  readonly approach: string;
  /** Cell → Gb/s, the median of six directed values. */
  readonly gbps: { readonly [cell: string]: number };
  readonly pingMeanUs: number;
  readonly pingMdevUs: number;
  readonly tunnel: 'none' | 'vxlan4';
}

export const seedSource = 'the seed’s table';
export const seedLineBps = 100e9;
export const seedCells = ['1500/2', '9000/2', '9000/6'] as const;

function row(
  approach: string,
  tunnel: ReferenceRow['tunnel'],
  [a, b, c, mean, mdev]: readonly [number, number, number, number, number],
): ReferenceRow {
  return {
    approach,
    tunnel,
    gbps: { '1500/2': a, '9000/2': b, '9000/6': c },
    pingMeanUs: mean,
    pingMdevUs: mdev,
  };
}

export const seedFigures: readonly ReferenceRow[] = [
  row('legacy + VLAN', 'none', [70, 82, 95, 30, 7]),
  row('ovs/dpdk + VXLAN', 'vxlan4', [61, 85, 96, 32, 3]),
  row('ovs/tc + VXLAN', 'vxlan4', [83, 86, 96, 28, 5]),
];
