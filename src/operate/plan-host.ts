import type { Fold } from '../apply/fold.ts';
import { datapaths } from '../datapath/datapath.ts';
import { placeOf } from '../doctor/rule.ts';
import { examine } from '../doctor/rules.ts';
import type { BootDocument } from '../model/boot.ts';
import { finding } from '../model/catalogue.ts';
import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import { type Ledger, ledgerKey } from '../model/ledger.ts';
import type { Change, Plan } from '../model/plan.ts';
import { observe, type Sections } from '../observe/observe.ts';
import { eachPlace } from '../plan/by-place.ts';
import { unseenWords } from '../plan/checks.ts';
import {
  apartIn,
  type Difference,
  grounded,
  havesOf,
  type Wants,
  wantsNothing,
  wantsOf,
} from '../plan/differences.ts';
import { changesIn, planFor } from '../plan/plan.ts';
import { portsInUse, sparingHost } from '../plan/spare-host.ts';
import { afterClosing } from './after-closing.ts';
import { foundFindings, leftInPeace } from './as-found.ts';
import { fabricOf } from './boot-document.ts';
import { bootSpecOf } from './boot-spec.ts';
import { foldNow } from './fold-now.ts';
import { ifupdownFindings } from './ifupdown.ts';
import { wantsBefore } from './look.ts';
import { bootKinds, sectionsFor } from './sections.ts';
import type { Site } from './site.ts';

/** A host, looked at and held against what is wanted. */
export interface HostPlan {
  readonly plan: Plan;
  readonly differences: readonly Difference[];
  readonly state: HostState;
  readonly fold: Fold;
  readonly spec?: HostSpec;
}

export interface PlanOptions {
  readonly allowDisruption: boolean;
  readonly forgets?: boolean;
  /** The host is to bring itself back after a start, which else is left as it is: true, or by this very document. */
  readonly boot?: true | BootDocument;
}

/** What the file wants of a host. */
export async function planFromFile(
  site: Site,
  fabric: Fabric,
  host: FabricHost,
  options: PlanOptions,
): Promise<HostPlan> {
  const expand = datapaths[host.datapath];
  if (!expand) return refusedPlan(site, await foldNow(site), [notBuilt(fabric, host)], unobserved);
  const fold = await foldNow(site);
  return planFromSpec(site, { fabric, host, fold, spec: expand(fabric, host, fold.ledger) }, options);
}

/** A host's part of a file, and what it comes to there. */
interface Asked {
  readonly fabric: Fabric;
  readonly host: FabricHost;
  readonly fold: Fold;
  readonly spec: HostSpec;
}

/** What a spec wants of a host. */
async function planFromSpec(site: Site, asked: Asked, options: PlanOptions): Promise<HostPlan> {
  const { fabric, host, fold } = asked;
  const isEnabled = options.boot !== undefined || [...fold.ledger.entries.values()].some(isOfBoot);
  const isBooting = options.boot !== undefined && options.boot !== true;
  const sections = sectionsFor(fabric, host, fold.ledger, asked.spec);
  const looked = isBooting ? withoutLibvirt(sections) : sections;
  const state = afterClosing(await observe(site.reader, { ...looked, boot: isEnabled }), fold);
  const spec = isEnabled
    ? { ...asked.spec, boot: await bootSpecOf(site, asked, state, options.boot) }
    : asked.spec;
  const all = wantsOf(spec, state, fold.ledger);
  const wants = isBooting ? withoutStarts(all) : all;
  const allocation = spec.allocation;
  const { plan, differences } = planFor({
    host: host.name,
    state,
    ledger: fold.ledger,
    wants,
    spec,
    allocation,
    ...options,
  });
  const examined = examine({ fabric, host, spec, state, ledger: fold.ledger });
  const isLeft = spec.asFound !== undefined && plan.steps.length === 0;
  const found = isLeft ? leftInPeace(examined) : examined;
  const told = isBooting ? found.filter(({ code }) => !ofMachines.test(code)) : found;
  const findings = [
    ...told,
    ...waiting(host.name, fold, state),
    ...news(plan.findings, told),
    ...ifupdownFindings(spec, state),
    ...foundFindings(fabric, host, spec, state),
  ];
  // What would be done to a card that is not there is no plan, and nobody could check it.
  const steps = told.some(({ code }) => code === 'VF2001') ? [] : plan.steps;
  return { plan: { ...plan, steps, findings }, differences, state, fold, spec };
}

/**
 * While the host starts, systemd starts the guests itself, each for itself, once vflane is done: to wait for one here would be
 * to wait for oneself, and what is wrong with one guest must keep no other from its lanes. libvirt may not even answer yet.
 */
function withoutStarts(wants: Wants): Wants {
  return new Map([...wants].filter(([resource]) => !startedLater.has(resource)));
}

const startedLater: ReadonlySet<string> = new Set(['vm-running', 'vm-domain', 'vm-autostart']);

/** It starts after vflane: to ask it would be to wait for it, and it would wait for this. */
function withoutLibvirt(sections: Sections): Sections {
  const { machines } = sections;
  return machines === undefined ? sections : { ...sections, machines: { ...machines, domains: [] } };
}

const ofMachines = /^VF20[789]\d$/;

function isOfBoot({ resource }: { readonly resource: string }): boolean {
  return bootKinds.has(resource);
}

/** What a host was last asked to be, by the document that it keeps of it. */
export async function planFromDocument(
  site: Site,
  document: BootDocument,
  options: PlanOptions,
): Promise<HostPlan> {
  const { host, spec } = document;
  const fold = await foldNow(site);
  return planFromSpec(site, { fabric: fabricOf(document), host, fold, spec }, { ...options, boot: document });
}

/** What brings the host back after a start away, and nothing else. */
export async function planToDisable(
  site: Site,
  host: FabricHost | undefined,
  options: PlanOptions,
): Promise<HostPlan> {
  const fold = await foldNow(site);
  const state = await look(site, host, fold);
  const entries = new Map([...fold.ledger.entries].filter(([, entry]) => isOfBoot(entry)));
  const wants = wantsNothing({ ...fold.ledger, entries }, state);
  return planBackwards(site, fold, state, wants, fold.ledger.allocation, options);
}

/** What could not be looked at is told once: by the rule that knows why, if there is one. */
function news(found: readonly Finding[], told: readonly Finding[]): readonly Finding[] {
  const known = told.map(({ message }) => message);
  return found.filter(({ code, message }) => {
    const why = message.slice(message.indexOf(unseenWords) + unseenWords.length);
    return code !== 'VF3001' || !known.some((one) => one.includes(why));
  });
}

/** Everything of vflane's away from a host. */
export async function planToDestroy(
  site: Site,
  host: FabricHost | undefined,
  options: PlanOptions,
): Promise<HostPlan> {
  const fold = await foldNow(site);
  const state = await look(site, host, fold);
  const back = { ...options, forgets: true };
  const planned = planBackwards(site, fold, state, wantsNothing(fold.ledger, state), {}, back);
  const findings = [...planned.plan.findings, ...preparationStays(site.name, fold)];
  return { ...planned, plan: { ...planned.plan, findings } };
}

/** The network goes first, with the programs that it is looked at with. */
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

/** The plan that was applied last, backwards; `undefined` where there is none to undo. */
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
  // What was only taken over is given back by a stroke in the ledger: there is nothing to do on the host.
  const forgets = changes.some(({ adopts }) => adopts === true);
  return planBackwards(
    site,
    fold,
    state,
    grounded(wantsBefore(changes), havesOf(state)),
    allocation,
    forgets ? { ...options, forgets } : options,
  );
}

/** The ids of the plans that are in force, the last first: an undo takes the one before it out of force. */
function undoable(fold: Fold): readonly string[] {
  const inForce: string[] = [];
  for (const { id, verb, outcome } of fold.history) {
    if (outcome !== 'applied' && outcome !== 'unconfirmed') continue;
    // What a start of the host has made anew is still what was asked for before.
    if (verb === 'boot') continue;
    if (verb === 'undo') inForce.pop();
    else inForce.push(id);
  }
  return inForce.reverse();
}

function planBackwards(
  site: Site,
  fold: Fold,
  state: HostState,
  wants: Wants,
  allocation: Plan['allocation'],
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

/** What a plan of ours has taken away is ours to put back. */
function asOurs(ledger: Ledger, wants: Wants): Ledger {
  const entries = new Map(ledger.entries);
  for (const { resource, at, value } of eachPlace(wants)) {
    const key = ledgerKey(resource, at);
    if (!entries.has(key)) entries.set(key, { resource, at, value, was: value });
  }
  return { ...ledger, entries };
}

/** At what vflane put there, and at what these changes took away. */
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

/** A plan that was not finished, or waits for its operator, comes first. */
export function waiting(host: string, fold: Fold, state: Pick<HostState, 'bootId'>): readonly Finding[] {
  const former = fold.open ?? fold.unconfirmed;
  if (!former || former.bootId !== state.bootId) return [];
  const [code, what, hint] = fold.open
    ? ['VF3010', 'was interrupted', 'Go on with `vflane resume`, or back with `vflane rollback`.']
    : [
        'VF3011',
        'waits to be confirmed',
        'Keep it with `vflane confirm`, or take it back with `vflane rollback`.',
      ];
  return [
    finding(code, { host, at: former.id }, `${host}: the plan ${former.id} (${former.verb}) ${what}`, hint),
  ];
}

function notBuilt(fabric: Fabric, host: FabricHost): Finding {
  return finding(
    'VF2020',
    placeOf({ fabric, host }, 'datapath'),
    `${host.name}: the datapath ${host.datapath} is not built yet`,
    'Use legacy-vlan or ovs-tc.',
  );
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

const unobserved: HostState = {
  bootId: '',
  kernel: '',
  modules: { unseen: 'not looked at' },
  root: false,
  iommu: { unseen: 'not looked at' },
  pfs: [],
  links: { unseen: 'not looked at' },
  namespaces: {},
  routes: {},
  holders: { unseen: 'not looked at' },
  session: undefined,
};
