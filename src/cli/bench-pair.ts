import { noPair } from '../measure/begin.ts';
import { type Endpoint, endpointsAt, type Found, hostEndpoint } from '../measure/endpoint.ts';
import { chooseHosts, choosePair, type PairWanted, wantsHosts } from '../measure/pair.ts';
import type { Finding } from '../model/finding.ts';
import { exitCodes, firstEarned } from './exit-codes.ts';
import type { Fleet } from './fleet.ts';
import { exitCodeOf } from './outcome-findings.ts';
import { simulatedIn } from './test-ends.ts';
import { findingsOf } from './troubles.ts';

/** Why there is nothing to measure between. */
interface NoPair {
  readonly code: number;
  readonly findings: readonly Finding[];
}

/** The two requested ends, guests or hosts, as they are now. */
export async function pairOf(
  fleet: Fleet,
  wanted: PairWanted,
): Promise<readonly [Endpoint, Endpoint] | NoPair> {
  const simulated = simulatedIn(fleet);
  if (simulated.length > 0) return { code: exitCodes.preconditionsNotMet, findings: simulated };
  const ofHosts = wantsHosts(wanted);
  const ground = await groundOf(fleet, ofHosts ? hostFound : endpointsAt);
  if ('code' in ground) return ground;
  const pair = (ofHosts ? chooseHosts : choosePair)(ground.endpoints, wanted);
  const nothing = noPair(
    ofHosts
      ? 'no two such hosts can be measured from'
      : 'no two guests that can be measured from are on one network',
  );
  return pair ?? { code: exitCodes.preconditionsNotMet, findings: [nothing, ...ground.findings] };
}

/** All ends that could be measured. */
async function groundOf(fleet: Fleet, look: typeof endpointsAt): Promise<Found | NoPair> {
  const asked = await fleet.onEach((site, host) => look(site, fleet.fabric, host));
  const troubles = asked.map(({ trouble }) => (trouble ? exitCodeOf(trouble) : exitCodes.asAsked));
  const code = firstEarned(troubles);
  if (code !== exitCodes.asAsked) return { code, findings: findingsOf(asked) };
  const found = asked.flatMap(({ value }) => value ?? []);
  return {
    endpoints: found.flatMap(({ endpoints }) => endpoints),
    findings: found.flatMap(({ findings }) => findings),
  };
}

async function hostFound(...of: Parameters<typeof hostEndpoint>): Promise<Found> {
  const one = await hostEndpoint(...of);
  return 'code' in one ? { endpoints: [], findings: [one] } : { endpoints: [one], findings: [] };
}
