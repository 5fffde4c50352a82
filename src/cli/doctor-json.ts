import { isDiagnosis } from '../doctor/ailment.ts';
import type { Likely } from '../doctor/symptom-text.ts';
import type { Diagnosis, Finding } from '../model/finding.ts';
import type { Json } from '../model/json.ts';
import type { Report } from '../operate/diagnose.ts';

/** One host of `vflane.doctor/1`. */
export function reportJson(report: Report, likely: readonly Likely[] | undefined): Json {
  const { host, looked, verdicts, findings, unlooked } = report;
  const { kernel } = looked.patient.state;
  return {
    host,
    kernel,
    complete: unlooked.length === 0,
    unseen: unlooked.map((one) => ({ ...one })),
    budgets: report.budgets.map((one) => ({
      ...one,
      mibEach: one.mibEach ?? null,
      windowMib: one.windowMib ?? null,
      fits: one.fits ?? null,
      msix: one.msix ?? null,
    })),
    verdicts: verdicts.map(({ evidence, because, oneOf, ...verdict }) => ({
      ...verdict,
      because: [...because],
      oneOf: [...oneOf],
      evidence: evidence.map((one) => ({ ...one })),
    })),
    findings: findings.map(findingJson),
    ...(likely ? { symptom: likely.map((one) => likelyJson(one, report)) } : {}),
  };
}

export function findingJson(finding: Finding | Diagnosis): Json {
  const { code, severity, where, message, hint } = finding;
  const plain = { code, severity, where: { ...where }, message, hint };
  if (!isDiagnosis(finding)) return plain;
  const { evidence, costs, remedy, source, follows } = finding;
  return {
    ...plain,
    evidence: evidence.map((one) => ({ ...one })),
    costs,
    remedy: [...remedy],
    source,
    follows: [...follows],
  };
}

/** Whether the host shows it now; if something was not seen, absence cannot be claimed. */
export function statusOf({ code }: Likely, { findings, unlooked }: Report): 'here' | 'not here' | 'not seen' {
  if (findings.some((finding) => finding.code === code)) return 'here';
  return unlooked.length > 0 ? 'not seen' : 'not here';
}

function likelyJson(likely: Likely, report: Report): Json {
  return { ...likely, status: statusOf(likely, report) };
}
