import { randomUUID } from 'node:crypto';
import { finding } from '../model/catalogue.ts';
import type { FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { Outcome } from '../model/outcome.ts';
import { type CutPort, planToCut } from './plan-cut.ts';
import type { Site } from './site.ts';

/** How long a port stays down at most if nobody is left to bring it up: then the host does so itself. */
const wayBackMs = 60_000;
const planIds = 'test-failover-';

/** Takes a port down by a plan that waits to be confirmed, so that it comes back by itself whatever becomes of this process. */
export async function cutByPlan(site: Site, host: FabricHost, port: CutPort): Promise<Outcome> {
  const { plan } = await planToCut(site, host, port);
  const against = [
    ...plan.findings.filter(({ severity }) => severity === 'error'),
    ...wayIn(host, port, plan.findings),
  ];
  if (against.length > 0) return { kind: 'refused', findings: against };
  const planId = `${planIds}${randomUUID().slice(0, 8)}`;
  const request = { do: 'apply', plan, planId, verb: 'test failover', confirmWithinMs: wayBackMs } as const;
  return plan.steps.length === 0
    ? { kind: 'refused', findings: [alreadyDown(host, port)] }
    : site.carryOut(request, () => {});
}

/**
 * Brings it up again at once. `nothing-to-do` if the host has already done so itself; somebody else's plan may wait there
 * by now, and is left alone.
 */
export async function giveBack(site: Site): Promise<Outcome> {
  const { open, unconfirmed } = await site.fold();
  if ((open ?? unconfirmed)?.id.startsWith(planIds) !== true) return { kind: 'nothing-to-do' };
  return site.carryOut({ do: 'rollback' }, () => {});
}

function wayIn(host: FabricHost, { at }: CutPort, findings: readonly Finding[]): readonly Finding[] {
  if (!findings.some(({ code }) => code === 'VF3004')) return [];
  const message = `${host.name}: you are connected over ${at}: it is not taken down for a test`;
  return [
    finding(
      'VF6010',
      { host: host.name, at },
      message,
      'Connect over another port, or test from the host’s console.',
    ),
  ];
}

function alreadyDown(host: FabricHost, { at }: CutPort): Finding {
  const message = `${host.name}: ${at} is down already, or not there`;
  return finding(
    'VF6011',
    { host: host.name, at },
    message,
    'Bring both ports up first: `vflane verify` says what is not as the file wants it.',
  );
}
