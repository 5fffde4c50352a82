import type { Fold } from '../apply/fold.ts';
import { finding } from '../model/catalogue.ts';
import type { FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { HostState } from '../model/host-state.ts';
import { type Ledger, ledgerKey } from '../model/ledger.ts';
import type { Change, Plan } from '../model/plan.ts';
import { observe } from '../observe/observe.ts';
import { eachPlace } from '../plan/by-place.ts';
import { apartIn, grounded, havesOf, type Wants, wantsNothing } from '../plan/differences.ts';
import { changesIn, planFor } from '../plan/plan.ts';
import { portsInUse, sparingHost } from '../plan/spare-host.ts';
import { afterClosing } from './after-closing.ts';
import { foldNow } from './fold-now.ts';
import { wantsBefore } from './look.ts';
import type { HostPlan, PlanOptions } from './plan-host.ts';
import { bootKinds, sectionsFor } from './sections.ts';
import type { Site } from './site.ts';
import { waiting } from './waiting.ts';

/** Removes everything of vflane's from a host. */
export async function planToDestroy(
  site: Site,
  host: FabricHost | undefined,
  options: PlanOptions,
): Promise<HostPlan> {
  const fold = await foldNow(site);
  const state = await look(site, host, fold);
  const wants = wantsNothing(fold.ledger, state);
  const planned = planBackwards(site, { fold, state, wants, allocation: {}, forgets: true }, options);
  const findings = [...planned.plan.findings, ...preparationStays(site.name, fold)];
  return { ...planned, plan: { ...planned.plan, findings } };
}

/** The network goes first, while the programs to look at it are still there. */
function preparationStays(host: string, { ledger }: Fold): readonly Finding[] {
  const [brought, others] = apartIn(ledger);
  if (brought.length === 0 || others.length === 0) return [];
  const count = brought.length === 1 ? '1 thing' : `${brought.length} things`;
  return [
    finding(
      'VF2236',
      { host },
      `${host}: ${count} that \`vflane prepare\` brought ${brought.length === 1 ? 'stays' : 'stay'}`,
      'Say `vflane destroy` once more to have that taken away, too.',
    ),
  ];
}

/** Removes what brings the host back after a reboot, and nothing else. */
export async function planToDisable(
  site: Site,
  host: FabricHost | undefined,
  options: PlanOptions,
): Promise<HostPlan> {
  const fold = await foldNow(site);
  const state = await look(site, host, fold);
  const entries = new Map([...fold.ledger.entries].filter(([, entry]) => bootKinds.has(entry.resource)));
  const wants = wantsNothing({ ...fold.ledger, entries }, state);
  return planBackwards(
    site,
    { fold, state, wants, allocation: fold.ledger.allocation, forgets: false },
    options,
  );
}

/** The last applied plan, backwards; `undefined` if there is none to undo. */
export async function planToUndo(
  site: Site,
  host: FabricHost | undefined,
  options: PlanOptions,
): Promise<HostPlan | undefined> {
  const fold = await foldNow(site);
  const [last, before] = undoable(fold);
  const undone = last === undefined ? undefined : await site.plan(last);
  const changes = changesIn(undone?.steps ?? []);
  const state = await look(site, host, fold, changes);
  if (!undone) {
    const findings = waiting(site.name, fold, state);
    return findings.length === 0 ? undefined : refusedPlan(site, fold, findings, state);
  }
  const allocation = before === undefined ? {} : ((await site.plan(before))?.allocation ?? {});
  // What was only adopted is given back by striking it from the ledger: there is nothing to do on the host.
  const forgets = changes.some(({ adopts }) => adopts === true);
  const wants = grounded(wantsBefore(changes), havesOf(state));
  return planBackwards(site, { fold, state, wants, allocation, forgets }, options);
}

/** The ids of the plans in force, last first: an undo takes the one before it out of force. */
function undoable(fold: Fold): readonly string[] {
  const inForce: string[] = [];
  for (const { id, verb, outcome } of fold.history) {
    if (outcome !== 'applied' && outcome !== 'unconfirmed') continue;
    // What a start of the host has restored is still what was asked for before.
    if (verb === 'boot') continue;
    if (verb === 'undo') inForce.pop();
    else inForce.push(id);
  }
  return inForce.reverse();
}

/** A host as it is, and what it goes back to. */
interface Backwards {
  readonly fold: Fold;
  readonly state: HostState;
  readonly wants: Wants;
  readonly allocation: Plan['allocation'];
  /** What is already gone is struck from the ledger, even if nothing else is done. */
  readonly forgets: boolean;
}

function planBackwards(
  site: Site,
  { fold, state, wants, allocation, forgets }: Backwards,
  options: PlanOptions,
): HostPlan {
  const ledger = asOurs(fold.ledger, wants);
  const spared = sparingHost(wants, state, fold.ledger);
  const { plan, differences } = planFor({
    host: site.name,
    state,
    ledger,
    wants: spared,
    allocation,
    forgets,
    ...options,
  });
  const findings = [
    ...waiting(site.name, fold, state),
    ...(spared === wants ? [] : leftAlone(site.name, fold, state)),
    ...plan.findings,
  ];
  return { plan: { ...plan, findings }, differences, state, fold };
}

function leftAlone(host: string, { ledger }: Fold, state: HostState): readonly Finding[] {
  return portsInUse(state, ledger).map(({ pci, netdev }) =>
    finding(
      'VF3005',
      { host, at: pci },
      `${host}: ${netdev} (${pci}) is in use by the host, and stays up`,
      `Take it down yourself when nothing needs it: ip link set dev ${netdev} down.`,
    ),
  );
}

/** What one of our plans has removed is ours to put back. */
function asOurs(ledger: Ledger, wants: Wants): Ledger {
  const entries = new Map(ledger.entries);
  for (const { resource, at, value } of eachPlace(wants)) {
    const key = ledgerKey(resource, at);
    if (!entries.has(key)) entries.set(key, { resource, at, value, was: value });
  }
  return { ...ledger, entries };
}

/** Sections for what vflane put there, and for what these changes removed. */
async function look(
  site: Site,
  host: FabricHost | undefined,
  fold: Fold,
  changes: readonly Change[] = [],
): Promise<HostState> {
  const taken = changes.map(({ resource, at, from, to }) => {
    return [ledgerKey(resource, at), { resource, at, value: from, was: to }] as const;
  });
  const entries = new Map([...taken, ...fold.ledger.entries]);
  const sections = sectionsFor(undefined, host, { ...fold.ledger, entries });
  return afterClosing(await observe(site.reader, sections), fold);
}

function refusedPlan(site: Site, fold: Fold, findings: readonly Finding[], state: HostState): HostPlan {
  const { allocation } = fold.ledger;
  return {
    plan: { host: site.name, basis: '', steps: [], allocation, findings },
    differences: [],
    state,
    fold,
  };
}
