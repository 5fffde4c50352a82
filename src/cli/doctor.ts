import { isDiagnosis } from '../doctor/ailment.ts';
import { likelyFor } from '../doctor/symptom-text.ts';
import type { FabricHost } from '../model/fabric.ts';
import { diagnoseHost, heldTogether, type Named, type Report } from '../operate/diagnose.ts';
import { onEachHost, type PerHost } from '../operate/hosts.ts';
import type { Site } from '../operate/site.ts';
import { type Bundler, bundlerOf } from './bundle.ts';
import { connectorFor } from './connect.ts';
import type { VerbContext, VerbHandler, VerbOptions } from './context.ts';
import { reportJson } from './doctor-json.ts';
import { linesOf, symptomLines } from './doctor-lines.ts';
import { exitCodes, firstEarned } from './exit-codes.ts';
import { type Fleet, withFleet } from './fleet.ts';
import { exitCodeOf } from './outcome-findings.ts';
import { printFindings } from './print-findings.ts';
import { findingsOf } from './troubles.ts';
import { UsageError } from './usage-error.ts';
import { findingsJson } from './validate.ts';
import { hostOfWay } from './way.ts';

const schema = 'vflane.doctor/1';

/** Why something does not work, on each host: exits with 0 or 2 only if everything could be looked at. */
export const run: VerbHandler = async (context, args, options) => {
  symptomOf(options);
  const bundler = bundlerOf(context, options);
  const way = args[0] === undefined ? undefined : hostOfWay(context, args[0]);
  if (way !== undefined) return ofWay(context, way, options, bundler);
  const host = args[0] === undefined ? context.global.host : [...context.global.host, args[0]];
  const narrowed = { ...context, global: { ...context.global, host } };
  return withFleet(narrowed, schema, async (fleet) => {
    const asked = await fleet.onEach((site, one) =>
      look(site, { fabric: fleet.fabric, host: one }, fleet.fabric.hosts, bundler),
    );
    return tell(context, asked, fleet.sources, options, bundler);
  });
};

function look(
  site: Site,
  named: Named | undefined,
  known: readonly FabricHost[],
  bundler: Bundler | undefined,
): Promise<Report> {
  return bundler ? bundler.diagnose(site, named, known, Date.now) : diagnoseHost(site, named, Date.now);
}

async function ofWay(
  context: VerbContext,
  host: FabricHost,
  options: VerbOptions,
  bundler: Bundler | undefined,
): Promise<number> {
  const asked = await onEachHost([host], connectorFor(context, 'fabric.yaml'), async (site) => {
    try {
      return await look(site, undefined, [host], bundler);
    } finally {
      await site.close();
    }
  });
  return tell(context, asked, {}, options, bundler);
}

/** @throws UsageError */
function symptomOf({ symptom }: VerbOptions): string | undefined {
  if (symptom === undefined) return undefined;
  if (typeof symptom === 'string' && /\w/.test(symptom)) return symptom;
  throw new UsageError(
    'a symptom is a text',
    'Give the words that you saw: vflane doctor --symptom "no such device".',
  );
}

async function tell(
  { output }: VerbContext,
  each: readonly PerHost<Report>[],
  sources: Fleet['sources'],
  options: VerbOptions,
  bundler: Bundler | undefined,
): Promise<number> {
  const symptom = symptomOf(options);
  const asked = together(each);
  const troubles = findingsOf(asked);
  for (const { value } of asked) {
    if (!value) continue;
    const likely = likelyOn(value, symptom);
    if (likely) for (const line of symptomLines(likely, value, output)) output.result(line);
    for (const line of linesOf(value, output)) output.result(line);
    printFindings(
      value.findings.filter((one) => !isDiagnosis(one)),
      sources,
      output,
    );
  }
  printFindings(troubles, sources, output);
  const reports = asked.flatMap(({ value }) => (value ? [value] : []));
  const all = [...troubles, ...reports.flatMap(({ findings }) => findings)];
  output.json(schema, {
    hosts: reports.map((report) => reportJson(report, likelyOn(report, symptom))),
    findings: findingsJson(all),
  });
  if (bundler) {
    const count = await bundler.write();
    output.log(
      `${bundler.file} has what a bug report needs of ${count} host${count === 1 ? '' : 's'}, scrubbed: names of guests, networks and netdevs are still in it`,
    );
  }
  return firstEarned(asked.map(exitCodeOfReport));
}

function likelyOn({ findings }: Report, symptom: string | undefined) {
  if (symptom === undefined) return undefined;
  return likelyFor(
    symptom,
    findings.map(({ code }) => code),
  );
}

function together(asked: readonly PerHost<Report>[]): readonly PerHost<Report>[] {
  const reports = heldTogether(asked.flatMap(({ value }) => (value ? [value] : [])));
  return asked.map((one) => {
    const value = reports.find(({ host }) => host === one.host || host === one.value?.host);
    return one.value && value ? { ...one, value } : one;
  });
}

function exitCodeOfReport({ value, trouble }: PerHost<Report>): number {
  if (trouble) return exitCodeOf(trouble);
  if (!value || value.unlooked.length > 0) return exitCodes.preconditionsNotMet;
  return value.findings.some(({ severity }) => severity === 'error') ? exitCodes.differs : exitCodes.asAsked;
}
