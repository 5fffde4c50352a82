import type { FabricHost } from '../model/fabric.ts';
import type { Json } from '../model/json.ts';
import { emptyLedger } from '../model/ledger.ts';
import { isUnseen } from '../model/unseen.ts';
import { observe } from '../observe/observe.ts';
import { byPlace } from '../plan/by-place.ts';
import { haveAt, havesOf } from '../plan/differences.ts';
import { planFor } from '../plan/plan.ts';
import type { HostPlan } from './plan-host.ts';
import { sectionsOf } from './sections.ts';
import type { Site } from './site.ts';

/** A port of a host: a PF, or a netdev of a host without a card. */
export interface CutPort {
  readonly resource: 'pf-up' | 'underlay-link';
  /** PCI address, or the netdev's name. */
  readonly at: string;
}

/** Takes one port down administratively, and nothing else: a test disturbs things only by a plan, so that the journal knows the way back. */
export async function planToCut(site: Site, host: FabricHost, port: CutPort): Promise<HostPlan> {
  const fold = await site.fold();
  const state = await observe(site.reader, sectionsOf([port]));
  const now = haveAt(havesOf(state), port.resource, port.at);
  const wants = byPlace([{ ...port, value: downOf(port, isUnseen(now) ? null : now) }]);
  const { allocation } = fold.ledger;
  // What was not looked at is not gone, so the ledger is not compared with this look at one port.
  const asked = { host: host.name, state, ledger: emptyLedger, wants, allocation, allowDisruption: true };
  return { ...planFor(asked), state, fold };
}

function downOf({ resource }: CutPort, now: Json): Json {
  if (resource === 'pf-up') return false;
  const { mtu = 1500 } = (now ?? {}) as { readonly mtu?: number };
  return { mtu, up: false };
}
