import type { Fold } from '../apply/fold.ts';
import { datapaths } from '../datapath/datapath.ts';
import { examine } from '../doctor/rules.ts';
import type { BootDocument } from '../model/boot.ts';
import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import type { Plan } from '../model/plan.ts';
import { observe, type Sections } from '../observe/observe.ts';
import { unseenWords } from '../plan/checks.ts';
import { type Difference, type Wants, wantsOf } from '../plan/differences.ts';
import { planFor } from '../plan/plan.ts';
import { afterClosing } from './after-closing.ts';
import { foundFindings, leftInPeace } from './as-found.ts';
import { fabricOf } from './boot-document.ts';
import { bootSpecOf } from './boot-spec.ts';
import { foldNow } from './fold-now.ts';
import { ifupdownFindings } from './ifupdown.ts';
import { bootKinds, sectionsFor } from './sections.ts';
import type { Site } from './site.ts';
import { waiting } from './waiting.ts';

/** A host, looked at and compared with what is wanted. */
export interface HostPlan {
  readonly plan: Plan;
  readonly differences: readonly Difference[];
  readonly state: HostState;
  readonly fold: Fold;
  readonly spec?: HostSpec;
}

export interface PlanOptions {
  readonly allowDisruption: boolean;
  /** The host is to bring itself back after a reboot: `true`, or by this very document. Otherwise that is left as it is. */
  readonly boot?: true | BootDocument;
}

/** What the file wants of a host. */
export async function planFromFile(
  site: Site,
  fabric: Fabric,
  host: FabricHost,
  options: PlanOptions,
): Promise<HostPlan> {
  const fold = await foldNow(site);
  const spec = datapaths[host.datapath](fabric, host, fold.ledger);
  return planFromSpec(site, { fabric, host, fold, spec }, options);
}

/** A host's part of a file, and the spec made from it. */
interface Asked {
  readonly fabric: Fabric;
  readonly host: FabricHost;
  readonly fold: Fold;
  readonly spec: HostSpec;
}

/** What a spec wants of a host. */
async function planFromSpec(site: Site, asked: Asked, options: PlanOptions): Promise<HostPlan> {
  const { fabric, host, fold } = asked;
  const { ledger } = fold;
  const { state, spec } = await look(site, asked, options.boot);
  const all = wantsOf(spec, state, ledger);
  const wants = isBooting(options.boot) ? withoutStarts(all) : all;
  const { allocation } = spec;
  const { plan, differences } = planFor({
    ...{ host: host.name, state, ledger, wants, spec, allocation },
    ...options,
  });
  const examined = examine({ fabric, host, spec, state, ledger });
  const isLeft = spec.asFound !== undefined && plan.steps.length === 0;
  const found = isLeft ? leftInPeace(examined) : examined;
  const told = isBooting(options.boot) ? found.filter(({ code }) => !ofMachines.test(code)) : found;
  const findings = [
    ...told,
    ...waiting(host.name, fold, state),
    ...news(plan.findings, told),
    ...ifupdownFindings(spec, state),
    ...foundFindings(fabric, host, spec, state),
  ];
  // Steps for a card that is missing make no plan: nobody could check them.
  const steps = told.some(({ code }) => code === 'VF2001') ? [] : plan.steps;
  return { plan: { ...plan, steps, findings }, differences, state, fold, spec };
}

/** Looks at the host, and adds to its spec what brings it back after a reboot, if it is enabled. */
async function look(
  site: Site,
  asked: Asked,
  boot: PlanOptions['boot'],
): Promise<{ readonly state: HostState; readonly spec: HostSpec }> {
  const { fabric, host, fold, spec } = asked;
  const isEnabled = boot !== undefined || [...fold.ledger.entries.values()].some(isOfBoot);
  const all = sectionsFor(fabric, host, fold.ledger, spec);
  const sections = isBooting(boot) ? withoutLibvirt(all) : all;
  const state = afterClosing(await observe(site.reader, { ...sections, boot: isEnabled }), fold);
  if (!isEnabled) return { state, spec };
  return { state, spec: { ...spec, boot: await bootSpecOf(site, asked, state, boot) } };
}

/** The host is starting, and plans by the document that it keeps. */
function isBooting(boot: PlanOptions['boot']): boolean {
  return boot !== undefined && boot !== true;
}

/**
 * While the host starts, systemd starts the guests, each on its own, once vflane is done: to wait for one here would be
 * to wait for ourselves, and a broken guest must not keep others from their lanes. libvirt may not even answer yet.
 */
function withoutStarts(wants: Wants): Wants {
  return new Map([...wants].filter(([resource]) => !startedLater.has(resource)));
}

const startedLater: ReadonlySet<string> = new Set(['vm-running', 'vm-domain', 'vm-autostart']);

/** libvirt starts after vflane: if we asked it, each would wait for the other. */
function withoutLibvirt(sections: Sections): Sections {
  const { machines } = sections;
  return machines === undefined ? sections : { ...sections, machines: { ...machines, domains: [] } };
}

const ofMachines = /^VF20[789]\d$/;

function isOfBoot({ resource }: { readonly resource: string }): boolean {
  return bootKinds.has(resource);
}

/** The plan for what a host was last asked to be, by the document that it keeps. */
export async function planFromDocument(
  site: Site,
  document: BootDocument,
  options: PlanOptions,
): Promise<HostPlan> {
  const { host, spec } = document;
  const fold = await foldNow(site);
  return planFromSpec(site, { fabric: fabricOf(document), host, fold, spec }, { ...options, boot: document });
}

/** What could not be looked at is reported once: by the rule that knows why, if there is one. */
function news(found: readonly Finding[], told: readonly Finding[]): readonly Finding[] {
  const known = told.map(({ message }) => message);
  return found.filter(({ code, message }) => {
    const why = message.slice(message.indexOf(unseenWords) + unseenWords.length);
    return code !== 'VF3001' || !known.some((one) => one.includes(why));
  });
}
