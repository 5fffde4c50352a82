import { systemClock } from '../apply/clock.ts';
import type { OnEvent } from '../apply/event.ts';
import { type Host, HostError } from '../host/host.ts';
import { type BootDocument, type BootReport, bootPlaces } from '../model/boot.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { ledgerKey } from '../model/ledger.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Plan } from '../model/plan.ts';
import { readBootDocument } from './boot-document.ts';
import { bootFindings, missingYet, unnamedYet } from './boot-findings.ts';
import { loadModules } from './boot-modules.ts';
import { localSite } from './local-site.ts';
import { type HostPlan, planFromDocument } from './plan-host.ts';
import { bootKinds } from './sections.ts';
import type { Site } from './site.ts';
import type { Workshop } from './workshop.ts';

export interface BootOptions {
  /** A new plan's id. */
  readonly planId: () => string;
  readonly onEvent: OnEvent;
  /** A line for whoever follows the log. */
  readonly tell: (line: string) => void;
  /** What an outcome means, in findings for the report. */
  readonly explain: (outcome: Outcome) => readonly Finding[];
  /** How long hardware may take to appear, and services to answer, in milliseconds. */
  readonly patienceMs?: number;
}

/** The report, and the outcome that determines the exit code. */
export interface Booted {
  readonly report: BootReport;
  readonly outcome: Outcome;
}

const defaultPatienceMs = 90_000;
const pauseMs = 250;
/** How often the log gets a line while something is waited for. */
const tellEveryMs = 5_000;

/**
 * What the host does by itself after a start: it closes what was cut off, waits for its card, and brings itself to what it
 * was last asked to be. The same code as an apply; whatever still stands against it when time has run out is reported.
 */
export async function bootHost(workshop: Workshop, options: BootOptions): Promise<Booted> {
  const { host, clock = systemClock } = workshop;
  const startedAt = clock.now();
  const site = localSite(workshop);
  const { outcome, findings: seen } = await bringBack(workshop, site, options);
  const findings = [...options.explain(outcome), ...seen.filter(({ severity }) => severity !== 'error')];
  const isAsAsked = outcome.kind === 'applied' || outcome.kind === 'nothing-to-do';
  const report: BootReport = {
    schema: 'vflane.boot-report/1',
    bootId: (await host.readFile('/proc/sys/kernel/random/boot_id')).trim(),
    time: startedAt,
    tookMs: Math.round(clock.now() - startedAt),
    outcome: isAsAsked ? 'as-asked' : 'failed',
    ...('planId' in outcome && outcome.planId !== '' ? { planId: outcome.planId } : {}),
    findings,
  };
  await keep(host, report);
  return { report, outcome };
}

/** A host that is no longer enabled has no folder for it. */
async function keep(host: Host, report: BootReport): Promise<void> {
  try {
    await host.writeFile(bootPlaces.report, `${JSON.stringify(report, null, 1)}\n`);
  } catch (error) {
    if (!(error instanceof HostError && error.details.errno === 'ENOENT')) throw error;
  }
}

interface Brought {
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
}

async function bringBack(workshop: Workshop, site: Site, options: BootOptions): Promise<Brought> {
  const { open, unconfirmed, ledger } = await site.fold();
  const locked = (open ?? unconfirmed) ? await closeFormer(site, options) : undefined;
  if (locked) return { outcome: locked, findings: [] };
  const document = await documentOn(site);
  options.tell('looking at the host');
  if (document === undefined) {
    // An `enable` that the start has cut off is taken back, and this unit with it.
    const isEnabled = (await site.fold()).ledger.entries.has(ledgerKey('boot-unit', bootPlaces.unit));
    return isEnabled
      ? refused([noDocument(site.name)])
      : { outcome: { kind: 'nothing-to-do' }, findings: [] };
  }
  workshop.host.prepare?.();
  await loadModules(workshop.host, ledger);
  const first = await attempt(workshop, site, document, options);
  // During a start other services are still at work: what they prevented once may succeed the second time.
  return first.outcome.kind === 'rolled-back' || first.outcome.kind === 'stale'
    ? again(first, () => attempt(workshop, site, document, options), options)
    : first;
}

/** Takes back what was begun before this start, or by an earlier attempt of this one; returns an outcome if that is impossible. */
async function closeFormer(site: Site, { onEvent, tell }: BootOptions): Promise<Outcome | undefined> {
  const closed = await site.carryOut({ do: 'settle' }, onEvent);
  if (closed.kind === 'locked') return closed;
  if (closed.kind !== 'nothing-to-do')
    tell('what was not finished, or not confirmed, before this start is not kept');
  if ((await site.fold()).open?.verb === 'boot') {
    tell('an earlier attempt did not finish: it is taken back first');
    await site.carryOut({ do: 'rollback' }, onEvent);
  }
  return undefined;
}

async function again(first: Brought, once: () => Promise<Brought>, { tell }: BootOptions): Promise<Brought> {
  const why = 'failure' in first.outcome ? `: ${first.outcome.failure?.message}` : '';
  tell(`${first.outcome.kind}${why}; once more`);
  return once();
}

async function attempt(
  workshop: Workshop,
  site: Site,
  document: BootDocument,
  options: BootOptions,
): Promise<Brought> {
  const { plan, against, notes } = await planInTime(workshop, site, document, options);
  if (against.length > 0 || plan.plan.steps.length === 0) await site.close();
  if (against.length > 0) return refused([...against, ...notes]);
  if (plan.plan.steps.length === 0) return { outcome: { kind: 'nothing-to-do' }, findings: notes };
  const request = {
    do: 'apply',
    plan: withoutFiles(plan.plan),
    planId: options.planId(),
    verb: 'boot',
  } as const;
  return { outcome: await site.carryOut(request, options.onEvent), findings: notes };
}

/** A start does not change the files that make it. */
function withoutFiles({ keeps = [], ...plan }: Plan): Plan {
  return { ...plan, keeps: keeps.filter(({ resource }) => !bootKinds.has(resource)) };
}

function refused(findings: readonly Finding[]): Brought {
  return {
    outcome: { kind: 'refused', findings: findings.filter(({ severity }) => severity === 'error') },
    findings,
  };
}

interface InTime {
  readonly plan: HostPlan;
  readonly against: readonly Finding[];
  readonly notes: readonly Finding[];
}

/** Plans until nothing stands against it: cards appear late, and services answer late. What will not pass with time is not waited for. */
async function planInTime(
  { host, clock = systemClock }: Workshop,
  site: Site,
  document: BootDocument,
  { patienceMs = defaultPatienceMs, tell }: BootOptions,
): Promise<InTime> {
  const givesUpAt = clock.now() + patienceMs;
  let toldAt = Number.NEGATIVE_INFINITY;
  // First of all, while the card is on its way: a plan now reads from disk all that the next one needs.
  if ((await missingYet(host, document)).length > 0)
    await planFromDocument(site, document, { allowDisruption: false });
  for (;;) {
    const isLast = clock.now() >= givesUpAt;
    const unnamed = await unnamedYet(host, document);
    const missing = await missingYet(host, document);
    // A complete look now would take processor time from udev.
    const isEarly = unnamed.length + missing.length > 0 && !isLast;
    const looked = isEarly ? undefined : await lookForPlan(site, document);
    const against = [...(looked?.against ?? []), ...unnamed];
    if (looked && (against.length === 0 || isLast || looked.isFinal)) return { ...looked, against };
    if (clock.now() - toldAt >= tellEveryMs) {
      toldAt = clock.now();
      const told = new Set([...(looked ? [] : missing), ...against.map(({ message }) => message)]);
      tell(`waiting: ${[...told].join('; ')}`);
    }
    await site.close();
    await clock.sleep(pauseMs);
  }
}

/** `isFinal`: waiting will not remove what stands against it. */
async function lookForPlan(
  site: Site,
  document: BootDocument,
): Promise<InTime & { readonly isFinal: boolean }> {
  await site.hold();
  const plan = await planFromDocument(site, document, { allowDisruption: false });
  const own = bootFindings(document, plan);
  const findings = [...plan.plan.findings, ...own];
  const isError = ({ severity }: Finding) => severity === 'error';
  return {
    plan,
    against: findings.filter(isError),
    notes: findings.filter((one) => !isError(one)),
    // A plan of this start that was not finished, or waits to be confirmed, is left to its operator.
    isFinal: own.some(isError) || findings.some(({ code }) => code === 'VF3010' || code === 'VF3011'),
  };
}

async function documentOn({ reader }: Site): Promise<BootDocument | undefined> {
  try {
    return readBootDocument(await reader.readFile(bootPlaces.document));
  } catch (error) {
    if (error instanceof HostError) return undefined;
    throw error;
  }
}

function noDocument(host: string): Finding {
  return finding(
    'VF2250',
    { host, at: bootPlaces.document },
    `${host}: ${bootPlaces.document} is missing or not readable; it says what this host has to be`,
    'Say `vflane enable` again.',
  );
}
