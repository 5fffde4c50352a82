import { randomUUID } from 'node:crypto';
import { finding } from '../model/catalogue.ts';
import type { FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { Outcome } from '../model/outcome.ts';
import { type GuestNetdev, planForMtu } from './plan-mtu.ts';
import type { Site } from './site.ts';

/** An MTU that was changed, and has to be given back. */
export interface Borrowed {
  readonly outcome: Outcome;
  readonly planId: string;
}

/**
 * Gives guests' netdevs another MTU by a plan that waits to be confirmed: `giveBackMtu` gives them their own back, or
 * the host itself does after this time, whatever becomes of this process.
 */
export async function borrowMtu(
  site: Site,
  host: FabricHost,
  netdevs: readonly GuestNetdev[],
  { mtu, withinMs }: { readonly mtu: number; readonly withinMs: number },
): Promise<Borrowed> {
  const planId = `bench-${randomUUID().slice(0, 8)}`;
  const { plan } = await planForMtu(site, host, netdevs, mtu);
  const against = [
    ...plan.findings.filter(({ severity }) => severity === 'error'),
    ...wayIn(host, plan.findings),
  ];
  if (against.length > 0) return { planId, outcome: { kind: 'refused', findings: against } };
  if (plan.steps.length === 0) return { planId, outcome: { kind: 'nothing-to-do' } };
  const request = { do: 'apply', plan, planId, verb: 'bench', confirmWithinMs: withinMs } as const;
  return { planId, outcome: await site.carryOut(request, () => {}) };
}

/** `nothing-to-do` if that has already happened. What somebody else has applied since is left alone. */
export async function giveBackMtu(site: Site, planId: string): Promise<Outcome> {
  const { open, unconfirmed } = await site.fold();
  if ((open ?? unconfirmed)?.id !== planId) return { kind: 'nothing-to-do' };
  return site.carryOut({ do: 'rollback' }, () => {});
}

function wayIn(host: FabricHost, findings: readonly Finding[]): readonly Finding[] {
  if (!findings.some(({ code }) => code === 'VF3004')) return [];
  const message = `${host.name}: you are connected over a netdev that is to be measured: its MTU is left alone`;
  const hint = 'Connect over another netdev, or leave every MTU as it is: --keep-mtu.';
  return [finding('VF6058', { host: host.name }, message, hint)];
}
