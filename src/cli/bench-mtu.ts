import { HostError } from '../host/host.ts';
import type { Endpoint } from '../measure/endpoint.ts';
import type { MtuLender } from '../measure/mtu-lender.ts';
import { finding } from '../model/catalogue.ts';
import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { Outcome } from '../model/outcome.ts';
import { type Borrowed, borrowMtu, giveBackMtu } from '../operate/borrow-mtu.ts';
import type { GuestNetdev } from '../operate/plan-mtu.ts';
import type { Site } from '../operate/site.ts';
import { outcomeFindings } from './outcome-findings.ts';

/** A host, with its guests' netdevs that are measured. */
interface Lending {
  readonly site: Site;
  readonly host: FabricHost;
  readonly ends: readonly Endpoint[];
}

/** Lends the ends of a benchmark a smaller MTU by a plan on each of their hosts. */
export function mtuLender({ hosts }: Fabric, ends: readonly Endpoint[]): MtuLender {
  const lendings = hosts.flatMap((host): readonly Lending[] => {
    const own = ends.filter((end) => end.host === host.name);
    return own[0] === undefined ? [] : [{ site: own[0].site, host, ends: own }];
  });
  let lent: readonly (Lending & Borrowed)[] = [];
  const giveBack = async (): Promise<readonly Finding[]> => {
    const back = lent;
    lent = [];
    return (await Promise.all(back.map(takenBack))).flat();
  };
  return {
    giveBack,
    lend: async (mtu, withinMs) => {
      const asked = await Promise.all(lendings.map((lending) => lendAt(lending, mtu, withinMs)));
      lent = asked.flatMap(({ borrowed }) => borrowed ?? []);
      const against = asked.flatMap(({ findings }) => findings);
      return against.length === 0 ? [] : [...against, ...(await giveBack())];
    },
  };
}

async function lendAt(lending: Lending, mtu: number, withinMs: number) {
  const { site, host, ends } = lending;
  const netdevs = ends.filter((end) => end.mtu > mtu).map(netdevOf);
  if (netdevs.length === 0) return { findings: [] };
  try {
    const borrowed = await borrowMtu(site, host, netdevs, { mtu, withinMs });
    const { outcome } = borrowed;
    const isHad = outcome.kind === 'applied';
    const isUnsure = outcome.kind === 'interrupted' || outcome.kind === 'rollback-incomplete';
    return {
      ...((isHad || isUnsure) && { borrowed: { ...lending, ...borrowed } }),
      findings: isHad || outcome.kind === 'nothing-to-do' ? [] : refused(host, mtu, outcome),
    };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { findings: [unchanged(host, `the MTU could not be made ${mtu}: ${error.message}`)] };
  }
}

function netdevOf({ place, netdev }: Endpoint): GuestNetdev {
  return { namespace: place.in === 'netns' ? place.guest : null, netdev };
}

function refused({ name }: FabricHost, mtu: number, outcome: Outcome): readonly Finding[] {
  const why = outcomeFindings(name, outcome);
  const first = why[0]?.message ?? outcome.kind;
  const message = `${name}: its guests were not given MTU ${mtu}: ${first}`;
  return [
    finding('VF6058', { host: name }, message, 'See to that first, or leave every MTU as it is: --keep-mtu.'),
    ...why,
  ];
}

function unchanged({ name }: FabricHost, what: string): Finding {
  const hint = 'Look with `vflane status`: a plan that waits there is taken back by its host in time.';
  return finding('VF6058', { host: name }, `${name}: ${what}`, hint);
}

async function takenBack({ site, host, planId, outcome }: Lending & Borrowed): Promise<readonly Finding[]> {
  try {
    const back = await giveBackMtu(site, planId);
    // A failed plan's own outcome reports whatever it has left.
    if (back.kind === 'nothing-to-do' && outcome.kind === 'applied')
      return [unchanged(host, 'its guests had their own MTU back before the runs were over')];
    return back.kind === 'rolled-back' ? [] : outcomeFindings(host.name, back);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return [unchanged(host, `its guests could not be given their own MTU back from here: ${error.message}`)];
  }
}
