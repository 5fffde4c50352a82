import { isDiagnosis } from '../doctor/ailment.ts';
import type { Likely } from '../doctor/symptom-text.ts';
import { inWords } from '../doctor/unlooked.ts';
import { verdictText } from '../doctor/verdicts.ts';
import { budgetText } from '../doctor/vf-budget.ts';
import { printable } from '../fabric/grammar.ts';
import type { Diagnosis, Severity } from '../model/finding.ts';
import type { Report } from '../operate/diagnose.ts';
import { statusOf } from './doctor-json.ts';
import type { Output, Style } from './output.ts';
import { withoutHost } from './print-findings.ts';

const styles: Readonly<Record<Severity, Style>> = { error: 'red', warning: 'yellow', info: 'cyan' };

/** The text about one host: what is wrong, what was not seen, and what each datapath would amount to. */
export function linesOf(report: Report, output: Output): readonly string[] {
  const { host, looked, verdicts, unlooked } = report;
  const diagnoses = report.findings.filter(isDiagnosis);
  return [
    output.paint('bold', `${host}: kernel ${looked.patient.state.kernel}`),
    ...(isSound(report) ? [`  ${output.paint('green', 'nothing wrong was found')}`] : []),
    ...diagnoses.flatMap((one) => diagnosisLines(one, output)),
    ...unlooked.map(
      ({ what, why }) =>
        `  ${output.paint('yellow', 'not seen')} ${printable(inWords(what))}: ${printable(why)}`,
    ),
    ...budgetLines(report),
    ...verdicts.map((verdict) => `  ${printable(verdictText(verdict))}`),
  ];
}

/** Everything was looked at, and nothing is worse than informational. */
function isSound({ findings, unlooked }: Report): boolean {
  return unlooked.length === 0 && findings.every(({ severity }) => severity === 'info');
}

/** As a rule both ports have the same: reported once. */
function budgetLines({ budgets }: Report): readonly string[] {
  const texts = [...new Set(budgets.map(budgetText))];
  return texts.map((text) => {
    const pcis = budgets.filter((budget) => budgetText(budget) === text).map(({ pci }) => pci);
    return `  ${pcis.join(', ')}: ${printable(text)}`;
  });
}

function diagnosisLines(diagnosis: Diagnosis, output: Output): readonly string[] {
  const { code, severity, where, message, evidence, costs, hint, source, follows } = diagnosis;
  const place = where.at === undefined ? '' : `${printable(where.at)}: `;
  const line = (label: string, text: string) => `    ${output.paint('dim', `${label}:`)} ${printable(text)}`;
  const title = `  ${output.paint(['bold', styles[severity]], `${severity} ${code}`)} ${place}${printable(withoutHost(message, where.host))}`;
  // Information must not hide what is wrong; `explain` and --json have the rest.
  if (severity === 'info') return [title, line('do', hint), line('more', `vflane explain ${code}`)];
  return [
    title,
    ...evidence.map(({ read, saw }) => line('seen', `${read}: ${saw}`)),
    ...(follows.length > 0 ? [line('follows from', follows.join(', '))] : []),
    line('costs', costs),
    line('do', hint),
    line('source', source),
  ];
}

/** The likely causes of a text that somebody saw, likeliest first. */
export function symptomLines(likely: readonly Likely[], report: Report, output: Output): readonly string[] {
  if (likely.length === 0) return [`${report.host}: no rule knows a text like that`];
  return [
    output.paint('bold', `${report.host}: what prints a text like that`),
    ...likely.map((one, place) => {
      const status = statusOf(one, report);
      const how = output.paint(status === 'here' ? 'red' : 'dim', status === 'here' ? 'is so here' : status);
      return `  ${place + 1}. ${one.code} ${one.title} (${how}; ${Math.round(one.score * 100)} % of the words): ${one.text}`;
    }),
    `  What each means, and what mends it: ${likely.map(({ code }) => `vflane explain ${code}`).join(', ')}`,
  ];
}
