import { type Imported, importHosts } from '../discover/import-hosts.ts';
import type { ImportedHost } from '../discover/imported.ts';
import type { Finding } from '../model/finding.ts';
import type { Report } from '../operate/diagnose.ts';
import { onEachHost } from '../operate/hosts.ts';
import { planToAdopt } from '../operate/plan-adopt.ts';
import { askedHosts } from './asked-hosts.ts';
import { connectorFor } from './connect.ts';
import type { VerbContext, VerbHandler, VerbOptions } from './context.ts';
import { exitCodes, firstEarned } from './exit-codes.ts';
import { type KeptSites, keptSites } from './kept-sites.ts';
import { exitCodeOf } from './outcome-findings.ts';
import { planAndDo } from './plan-and-do.ts';
import { printFindings } from './print-findings.ts';
import { findingsOf } from './troubles.ts';
import { UsageError } from './usage-error.ts';
import { findingsJson } from './validate.ts';
import { newFileOf, writeNewFile } from './written-file.ts';

/** Writes a file that describes hosts which somebody set up by hand, and reports what is unsafe there. */
export const run: VerbHandler = async (context, args, options) => {
  const out = newFileOf(context, options);
  if (options.adopt === true) mayAdopt(args, out, options);
  if (args.length === 0) {
    if (options.adopt === true) return adopt(context, options);
    throw new UsageError('no host is named', 'Name the way to it: vflane import root@alpha.');
  }
  const code = await importTo(context, args, out);
  if (options.adopt !== true || out === undefined || code !== exitCodes.asAsked) return code;
  // What is said about the file is already on stdout or in it: one result, one object.
  const { output, global } = context;
  const quiet = { ...output, json: () => {} };
  return adopt({ ...context, output: quiet, global: { ...global, file: out, host: [] } }, options);
};

/** @throws UsageError */
function mayAdopt(args: readonly string[], out: string | undefined, { yes }: VerbOptions): void {
  if (args.length > 0 && out === undefined) {
    const hint =
      'Name it: vflane import HOST -o fabric.yaml --adopt; or adopt by a file: vflane import --adopt.';
    throw new UsageError('what is taken over is what a file says, and there is none', hint);
  }
  if (yes !== true && !process.stdin.isTTY) {
    throw new UsageError('there is no terminal to ask on', 'Say --yes if this is what you want.');
  }
}

/** Makes what is as the file has it vflane's from now on. */
function adopt(context: VerbContext, options: VerbOptions): Promise<number> {
  return planAndDo(context, 'adopt', options, planToAdopt);
}

async function importTo(
  context: VerbContext,
  args: readonly string[],
  out: string | undefined,
): Promise<number> {
  const asked = askedHosts(context, args);
  const sites = keptSites(connectorFor(context, out ?? 'fabric.yaml'));
  try {
    const imported = await importHosts(asked, onEachOf(sites), { file: out ?? 'fabric.yaml', now: Date.now });
    if (imported.text !== undefined && out !== undefined) writeNewFile(context, out, imported.text);
    return tell(context, imported, out);
  } finally {
    await sites.close();
  }
}

function onEachOf({ connect }: KeptSites) {
  const onEach: Parameters<typeof importHosts>[1] = (hosts, work) => onEachHost(hosts, connect, work);
  return onEach;
}

function tell(context: VerbContext, imported: Imported, out: string | undefined): number {
  const { output } = context;
  const { text } = imported;
  if (text !== undefined && out === undefined) output.text(text.trimEnd());
  const findings = findingsIn(imported);
  printFindings(findings, {}, { ...output, result: output.log });
  for (const line of summary(imported, out)) output.log(line);
  output.json('vflane.import/1', {
    file: text ?? null,
    written: text === undefined ? null : (out ?? null),
    hosts: imported.hosts.map(({ name, datapath, guests, networks, asFound }) => ({
      host: name,
      datapath,
      guests: guests.map((guest) => guest.name),
      networks: networks.map((network) => network.name),
      asFound: asFound.map((one) => ({ ...one })),
      differences: differencesOf(imported, name),
    })),
    findings: findingsJson(findings),
  });
  return codeOf(imported);
}

function reportsOf({ reports }: Imported): readonly Report[] {
  return reports.flatMap(({ value }) => value ?? []);
}

function differencesOf(imported: Imported, name: string): number {
  return reportsOf(imported).find(({ host }) => host === name)?.looked.plan.differences.length ?? 0;
}

/** Each finding once: the doctor and the plan may report the same. */
function findingsIn(imported: Imported): readonly Finding[] {
  const own = reportsOf(imported).flatMap(({ findings }) => findings);
  return [...findingsOf([...imported.troubled, ...imported.reports]), ...imported.findings, ...own];
}

function isBare({ guests, asFound }: Pick<ImportedHost, 'guests' | 'asFound'>): boolean {
  return guests.length === 0 && asFound.length === 0;
}

function summary(imported: Imported, out: string | undefined): readonly string[] {
  if (imported.text === undefined) return [];
  const file = out ?? 'the file';
  return [
    ...imported.hosts.map(({ name, guests, asFound }) => {
      const left = asFound.length === 0 ? '' : `, ${asFound.length} places left as found`;
      if (isBare({ guests, asFound })) {
        return `${name}: nothing was found that anybody set up: \`vflane init\` writes a first file`;
      }
      const changes = differencesOf(imported, name);
      const plan = changes === 0 ? 'the plan is empty' : `${changes} differences`;
      return `${name}: ${guests.length} guest${guests.length === 1 ? '' : 's'}${left}; ${plan}`;
    }),
    ...(imported.hosts.every(isBare)
      ? []
      : [`next: read ${file}, and then: vflane plan; vflane import --adopt takes over what it says`]),
  ];
}

/** 0 if the file's plan is empty; 2 if it is not; 4 if it would be refused, or could not be made completely. */
function codeOf({ text, reports, troubled, findings }: Imported): number {
  if (text === undefined && troubled.length === 0) return exitCodes.preconditionsNotMet;
  const codes = [...troubled, ...reports].map(({ trouble, value }) => {
    if (trouble) return exitCodeOf(trouble);
    const plan = (value as Report | undefined)?.looked.plan;
    if (plan?.plan.findings.some(({ severity }) => severity === 'error'))
      return exitCodes.preconditionsNotMet;
    return plan && plan.differences.length > 0 ? exitCodes.differs : exitCodes.asAsked;
  });
  const isHalf = findings.some(({ severity }) => severity === 'error');
  return firstEarned([...codes, ...(isHalf ? [exitCodes.preconditionsNotMet] : [])]);
}
