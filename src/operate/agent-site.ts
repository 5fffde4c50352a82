import type { ApplyEvent } from '../apply/event.ts';
import type { Fold } from '../apply/fold.ts';
import type { AgentHost } from '../host/agent-client.ts';
import type { AgentMethod } from '../host/agent-server.ts';
import type { LedgerEntry } from '../model/ledger.ts';
import { ledgerKey } from '../model/ledger.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Plan } from '../model/plan.ts';
import { localSite } from './local-site.ts';
import type { Request, Site } from './site.ts';
import type { Workshop } from './workshop.ts';

/** A fold as it crosses the line: JSON has no maps. */
interface FoldOnTheLine extends Omit<Fold, 'ledger'> {
  readonly entries: readonly LedgerEntry[];
  readonly allocation: Fold['ledger']['allocation'];
}

/** What an agent does besides serving its host: the far half of `agentSite`. */
export function agentMethods(workshop: Workshop): Readonly<Record<string, AgentMethod>> {
  const site = localSite(workshop);
  return {
    fold: async (): Promise<FoldOnTheLine> => {
      const { ledger, ...told } = await site.fold();
      return { ...told, entries: [...ledger.entries.values()], allocation: ledger.allocation };
    },
    plan: (id) => site.plan(String(id)),
    carryOut: (request, emit) => site.carryOut(request as Request, emit),
  };
}

/** A host at the other end of an agent's line. Plans run there; this end only watches. */
export function agentSite(agent: AgentHost): Site {
  return {
    name: agent.name,
    reader: agent,
    fold: async () => {
      const { entries, allocation, ...told } = (await agent.call('fold', null)) as FoldOnTheLine;
      const keyed = entries.map((entry) => [ledgerKey(entry.resource, entry.at), entry] as const);
      return { ...told, ledger: { entries: new Map(keyed), allocation } };
    },
    plan: async (id) => ((await agent.call('plan', id)) as Plan | null) ?? undefined,
    carryOut: async (request, onEvent) =>
      (await agent.call('carryOut', request, (event) => onEvent(event as ApplyEvent))) as Outcome,
    close: () => agent.close(),
  };
}
