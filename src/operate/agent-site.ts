import { randomUUID } from 'node:crypto';
import type { ApplyEvent } from '../apply/event.ts';
import type { Fold } from '../apply/fold.ts';
import type { AgentHost } from '../host/agent-client.ts';
import type { AgentMethod } from '../host/agent-server.ts';
import type { LedgerEntry } from '../model/ledger.ts';
import { ledgerKey } from '../model/ledger.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Plan } from '../model/plan.ts';
import type { BootProgram } from './boot-program.ts';
import { localSite } from './local-site.ts';
import type { Measured, MeasureRequest, OnLine } from './measure-request.ts';
import type { Request, Site } from './site.ts';
import type { Workshop } from './workshop.ts';

/** A fold as it crosses the line: JSON has no maps. */
interface FoldOnTheLine extends Omit<Fold, 'ledger'> {
  readonly entries: readonly LedgerEntry[];
  readonly allocation: Fold['ledger']['allocation'];
}

/** What an agent does besides serving its host: the far end of `agentSite`. */
export function agentMethods(workshop: Workshop): Readonly<Record<string, AgentMethod>> {
  const site = localSite(workshop);
  return {
    fold: async (): Promise<FoldOnTheLine> => {
      const { ledger, ...told } = await site.fold();
      return { ...told, entries: [...ledger.entries.values()], allocation: ledger.allocation };
    },
    program: () => site.program(),
    plan: (id) => site.plan(String(id)),
    hold: () => site.hold(),
    carryOut: (request, emit) => site.carryOut(request as Request, emit),
    ...measuringMethods(site),
  };
}

/** A host at the far end of an agent's line. Plans run there; this end only watches. */
export function agentSite(agent: AgentHost): Site {
  return {
    name: agent.name,
    reader: agent,
    fold: async () => {
      const { entries, allocation, ...told } = (await agent.call('fold', null)) as FoldOnTheLine;
      const keyed = entries.map((entry) => [ledgerKey(entry.resource, entry.at), entry] as const);
      return { ...told, ledger: { entries: new Map(keyed), allocation } };
    },
    program: async () => (await agent.call('program', null)) as BootProgram,
    plan: async (id) => ((await agent.call('plan', id)) as Plan | null) ?? undefined,
    hold: async () => {
      await agent.call('hold', null);
    },
    carryOut: async (request, onEvent) =>
      (await agent.call('carryOut', request, (event) => onEvent(event as ApplyEvent))) as Outcome,
    measure: (request, onLine, signal) => measureThere(agent, request, onLine, signal),
    close: () => agent.close(),
  };
}

/** A measurement ends when whoever asked for it says so, or is gone. */
function measuringMethods(site: Site): Readonly<Record<string, AgentMethod>> {
  const under = new Map<string, AbortController>();
  return {
    measure: async (params, emit, gone) => {
      const { key, request } = params as { readonly key: string; readonly request: MeasureRequest };
      const ending = new AbortController();
      under.set(key, ending);
      const signal = AbortSignal.any([ending.signal, gone]);
      return site.measure(request, emit, signal).finally(() => under.delete(key));
    },
    endMeasure: async (key) => under.get(String(key))?.abort(),
  };
}

async function measureThere(
  agent: AgentHost,
  request: MeasureRequest,
  onLine: OnLine,
  signal?: AbortSignal,
): Promise<Measured> {
  const key = randomUUID();
  const measured = agent.call('measure', { key, request }, (line) => onLine(String(line)));
  const end = () => void agent.call('endMeasure', key).catch(() => undefined);
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end, { once: true });
  return (await measured.finally(() => signal?.removeEventListener('abort', end))) as Measured;
}
