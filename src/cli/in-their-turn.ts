import type { FabricHost } from '../model/fabric.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Plan } from '../model/plan.ts';
import type { PerHost } from '../operate/hosts.ts';
import { exchanges, inTurns, movesOf, stillElsewhere } from '../operate/moves.ts';
import type { Site } from '../operate/site.ts';
import type { Fleet } from './fleet.ts';

/**
 * Works on every host; on one that a guest moves to, only when the one that it leaves is done: if that failed, it is not
 * started. Results are in the hosts' order.
 */
export async function inTheirTurn(
  { hosts, onEach }: Fleet,
  plans: readonly Plan[],
  work: (site: Site, host: FabricHost) => Promise<Outcome> | Outcome,
): Promise<readonly PerHost<Outcome>[]> {
  const names = hosts.map(({ name }) => name);
  const moves = movesOf(plans);
  const exchanged = exchanges(names, moves);
  const done = new Map<string, PerHost<Outcome>>();
  const against = (host: string) => [
    ...exchanged.filter(({ where }) => where.host === host),
    ...moves.filter(({ from, to }) => to === host && !isDone(done.get(from))).map(stillElsewhere),
  ];
  const workOrWait = async (site: Site, host: FabricHost): Promise<Outcome> => {
    const findings = against(host.name);
    return findings.length > 0 ? { kind: 'refused', findings } : work(site, host);
  };
  for (const turn of inTurns(names, moves)) {
    const some = hosts.filter(({ name }) => turn.includes(name));
    for (const result of await onEach(workOrWait, some)) done.set(result.host, result);
  }
  return names.flatMap((name) => done.get(name) ?? []);
}

/** A host that takes no part need not be waited for. */
function isDone(result: PerHost<Outcome> | undefined): boolean {
  return result === undefined || result.value?.kind === 'applied' || result.value?.kind === 'nothing-to-do';
}
