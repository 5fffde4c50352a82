import { setTimeout as sleep } from 'node:timers/promises';
import { HostError } from '../host/host.ts';
import type { Fabric } from '../model/fabric.ts';
import { isUnseen } from '../model/unseen.ts';
import { planFromFile } from '../operate/plan-host.ts';
import type { Endpoint } from './endpoint.ts';
import { countsOf, type DatapathFlow, type FlowPlace, parseFlows } from './flow-places.ts';
import { addressesBetween } from './pair.ts';
import type { StationHost } from './stations.ts';

/** Who forwards on one host, and, if that is not the card, why. */
export interface OffloadSeen {
  readonly host: string;
  /** `card`: legacy mode, in which only the card's own switch forwards. */
  readonly by: 'card' | 'flows';
  readonly asked: 'required' | 'preferred' | 'off';
  readonly counts?: Readonly<Record<FlowPlace, { readonly flows: number; readonly packets: number }>>;
  readonly flows: readonly DatapathFlow[];
  readonly why: readonly string[];
  /** Why the flows could not be looked at. */
  readonly unseen?: string;
}

/** A flow leaves the datapath after ten idle seconds (facts §7.1): pings keep some there during the look. */
const pings = { count: 60, intervalMs: 50 };
const settleMs = 1_500;

/** The codes of reasons against offload, found by the same rules as in `vflane doctor`. */
const reasons: ReadonlySet<string> = new Set(['VF2030', 'VF2031', 'VF2036', 'VF2062', 'VF2063']);

/** Looks at the flows of every host while guests talk. */
export async function measureOffload(
  fabric: Fabric,
  hosts: ReadonlyMap<string, StationHost>,
  endpoints: readonly Endpoint[],
): Promise<readonly OffloadSeen[]> {
  const talking = talkersOf(endpoints).map(talk);
  await sleep(settleMs);
  const seen = await Promise.all([...hosts.values()].map((host) => lookAt(fabric, host)));
  await Promise.all(talking);
  return seen;
}

/** The first guest of each network, to one on every other host. */
function talkersOf(endpoints: readonly Endpoint[]): readonly (readonly [Endpoint, Endpoint])[] {
  const able = endpoints.filter(({ addresses }) => addresses.length > 0);
  const firsts = able.filter((end, n) => able.findIndex(({ network }) => network === end.network) === n);
  return firsts.flatMap((from) => {
    const others = able.filter((to) => to.network === from.network && to.host !== from.host);
    return others
      .filter((to, n) => others.findIndex(({ host }) => host === to.host) === n)
      .map((to) => [from, to] as const);
  });
}

async function talk([from, to]: readonly [Endpoint, Endpoint]): Promise<void> {
  const [, address] = addressesBetween(from, to) ?? [];
  if (address === undefined) return;
  const program = { name: 'ping', to: address, ...pings, quiet: true } as const;
  try {
    await from.site.measure({ place: from.place, program, timeoutMs: 10_000 }, () => {});
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
  }
}

async function lookAt(fabric: Fabric, { site, host, spec }: StationHost): Promise<OffloadSeen> {
  const known = { host: host.name, asked: host.offload };
  if (spec.overlay === undefined) {
    return {
      ...known,
      by: 'card',
      flows: [],
      why: ['legacy mode: the card’s own switch forwards between VFs and the wire, and nothing else could'],
    };
  }
  const why = await whyNot(fabric, { site, host, spec });
  try {
    const { stdout } = await site.reader.query(['ovs-appctl', 'dpctl/dump-flows', '-m']);
    const flows = parseFlows(stdout);
    return { ...known, by: 'flows', counts: countsOf(flows), flows, why };
  } catch (error) {
    return {
      ...known,
      by: 'flows',
      flows: [],
      why,
      unseen: error instanceof Error ? error.message : String(error),
    };
  }
}

async function whyNot(fabric: Fabric, { site, host }: StationHost): Promise<readonly string[]> {
  const { plan, state, differences } = await planFromFile(site, fabric, host, { allowDisruption: false });
  const ruled = plan.findings.filter(({ code }) => reasons.has(code)).map(({ message }) => message);
  const lags = state.pfs.flatMap(({ pci, lag }) =>
    lag === undefined || isUnseen(lag) || (lag.state === 'active' && lag.type === 'switchdev')
      ? []
      : [
          `the LAG of ${pci} is ${lag.state ?? 'not there'}${lag.type ? ` (${lag.type})` : ''}: a tunnel by the bond is not offloaded`,
        ],
  );
  const apart =
    differences.length > 0
      ? [`${differences.length} things are not as the file wants them: vflane verify`]
      : [];
  const dpdk =
    host.datapath === 'ovs-dpdk'
      ? [
          'the userspace datapath forwards on a core of the host, and the card as far as its driver takes the flows',
        ]
      : [];
  return [...ruled, ...lags, ...dpdk, ...apart];
}
