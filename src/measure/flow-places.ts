/** Where a flow of Open vSwitch's datapath is: in the card, in tc without the card, or in software. */
export type FlowPlace = 'hardware' | 'tc' | 'software';

export interface DatapathFlow {
  readonly place: FlowPlace;
  /** Netdev or tunnel through which it comes in. */
  readonly inPort: string;
  /** VNI, if it comes in or leaves through a tunnel. */
  readonly vni?: number;
  readonly packets: number;
  readonly actions: string;
}

/** Parses `ovs-appctl dpctl/dump-flows -m`; other lines, such as headings, are left out. */
export function parseFlows(stdout: string): readonly DatapathFlow[] {
  return stdout.split('\n').flatMap((line) => {
    const inPort = /in_port\(([^)]*)\)/.exec(line)?.[1];
    const packets = /packets:(\d+)/.exec(line)?.[1];
    const actions = /actions:(.*?)(?:, dp-extra-info:.*)?$/.exec(line)?.[1];
    if (inPort === undefined || packets === undefined || actions === undefined) return [];
    const vni = /tun_id=(0x[0-9a-f]+|\d+)/.exec(line)?.[1];
    const known = { place: placeOf(line), inPort, packets: Number(packets), actions };
    return [vni === undefined ? known : { ...known, vni: Number(vni) }];
  });
}

// facts §7.2: `offloaded:yes` and `dp:tc` are printed only with -m; in tc but not offloaded is the seed's failure.
function placeOf(line: string): FlowPlace {
  if (/offloaded:yes/.test(line)) return 'hardware';
  return /dp:tc/.test(line) ? 'tc' : 'software';
}

export function countsOf(
  flows: readonly DatapathFlow[],
): Readonly<Record<FlowPlace, { readonly flows: number; readonly packets: number }>> {
  const of = (place: FlowPlace) => {
    const ours = flows.filter((flow) => flow.place === place);
    return { flows: ours.length, packets: ours.reduce((sum, { packets }) => sum + packets, 0) };
  };
  return { hardware: of('hardware'), tc: of('tc'), software: of('software') };
}
