import type { Fold } from '../apply/fold.ts';
import type { Patient } from '../doctor/ailment.ts';
import { diagnose } from '../doctor/ailments.ts';
import { comparePairs } from '../doctor/both-ends.ts';
import { type Unlooked, unlookedIn } from '../doctor/unlooked.ts';
import { type Verdict, verdictsOf } from '../doctor/verdicts.ts';
import { budgetsOf, type VfBudget } from '../doctor/vf-budget.ts';
import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { Diagnosis, Finding } from '../model/finding.ts';
import { emptyLedger } from '../model/ledger.ts';
import type { Unseen } from '../model/unseen.ts';
import type { Sections } from '../observe/observe.ts';
import { observeSurvey, type SurveyOptions } from '../observe/survey.ts';
import { lookBare } from './look-bare.ts';
import { type HostPlan, planFromFile } from './plan-host.ts';
import { sectionsFor } from './sections.ts';
import type { Site } from './site.ts';

/** What a host is examined by: its part of a file, or nothing. */
export interface Named {
  readonly fabric: Fabric;
  readonly host: FabricHost;
}

/** A host with everything that `show` and `doctor` report. */
export interface Looked {
  readonly patient: Patient;
  readonly plan: HostPlan;
  readonly sections: Sections;
}

/** Looks at a host, with a file or without. */
export async function lookWhole(
  site: Site,
  named: Named | undefined,
  options: SurveyOptions,
): Promise<Looked> {
  const { folded, journal } = await withFold(site);
  const { plan, sections, hidden } = await lookPlain(folded, named);
  const surveyed = await observeSurvey(site.reader, plan.state, options);
  const { state } = surveyed;
  const survey = {
    ...surveyed.survey,
    ...(hidden === undefined ? {} : { search: hidden }),
    ...(journal === undefined ? {} : { journal }),
  };
  const wants = named && plan.spec ? { ...named, spec: plan.spec } : undefined;
  const patient = { host: named?.host.name ?? site.name, state, survey, ledger: plan.fold.ledger };
  return { patient: wants ? { ...patient, wants } : patient, plan: { ...plan, state }, sections };
}

/** Only root may read what vflane did; everything else is looked at all the same. Across an agent's line, only the error's name is left. */
export async function withFold(site: Site): Promise<{ readonly folded: Site; readonly journal?: Unseen }> {
  try {
    const fold = await site.fold();
    return { folded: { ...site, fold: async () => fold } };
  } catch (error) {
    if (!(error instanceof Error && error.name === 'StoreFailed')) throw error;
    const fold: Fold = { ledger: emptyLedger, history: [] };
    return { folded: { ...site, fold: async () => fold }, journal: { unseen: error.message } };
  }
}

async function lookPlain(
  site: Site,
  named: Named | undefined,
): Promise<{ readonly plan: HostPlan; readonly sections: Sections; readonly hidden?: Unseen }> {
  if (named === undefined) {
    const { sections, hidden, ...plan } = await lookBare(site);
    return hidden === undefined ? { plan, sections } : { plan, sections, hidden };
  }
  const { fabric, host } = named;
  const plan = await planFromFile(site, fabric, host, { allowDisruption: true });
  return { plan, sections: sectionsFor(fabric, host, plan.fold.ledger, plan.spec) };
}

/** What the doctor says about one host. */
export interface Report {
  readonly host: string;
  readonly looked: Looked;
  readonly fold: Fold;
  readonly verdicts: readonly Verdict[];
  /** What more VFs would cost the machine. */
  readonly budgets: readonly VfBudget[];
  readonly findings: readonly (Finding | Diagnosis)[];
  readonly unlooked: readonly Unlooked[];
}

export async function diagnoseHost(site: Site, named: Named | undefined, now: () => number): Promise<Report> {
  const looked = await lookWhole(site, named, { faults: true, now });
  return reportOf(looked);
}

/** A finding that both the plan and the doctor have is reported once, by whichever looked closer. */
export function reportOf(looked: Looked): Report {
  const { patient, plan } = looked;
  const own = diagnose(patient).filter(({ code }) => !isOfOpenPlan(code, plan));
  const codes = new Set(own.map(({ code }) => code));
  const ofPlan = plan.plan.findings.filter(({ code }) => !codes.has(code) && !ofPlanOnly.test(code));
  return {
    host: patient.host,
    looked,
    fold: plan.fold,
    verdicts: verdictsOf(patient),
    budgets: budgetsOf(patient),
    findings: [...own, ...ofPlan],
    unlooked: unlookedIn(patient.state, patient.survey),
  };
}

/** VFs that an interrupted plan was about to make, or to take away, were not lost: it is told, with its ways on and back. */
function isOfOpenPlan(code: string, { plan }: HostPlan): boolean {
  return code === 'VF2118' && plan.findings.some((finding) => finding.code === 'VF3010');
}

/** Findings on what a plan would do, or could not look at, which do not say that anything is wrong with the host. */
const ofPlanOnly = /^VF3001$/;

/** The reports of several hosts, with what shows only when they are compared. */
export function heldTogether(reports: readonly Report[]): readonly Report[] {
  const pairs = comparePairs(reports.map(({ looked }) => looked.patient));
  return reports.map((report) => {
    const mine = pairs.filter(({ host }) => host === report.host).map(({ diagnosis }) => diagnosis);
    return mine.length === 0 ? report : { ...report, findings: [...mine, ...report.findings].sort(byWeight) };
  });
}

const severities = ['error', 'warning', 'info'] as const;

/** Worst first; otherwise in the order found. */
function byWeight({ severity: one }: Finding, { severity: other }: Finding): number {
  return severities.indexOf(one) - severities.indexOf(other);
}
