import { appendFileSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { Plan } from '../model/plan.ts';
import type { PerHost } from '../operate/hosts.ts';
import { mayBeElsewhere } from '../operate/moves.ts';
import { type HostPlan, planFromFile } from '../operate/plan-host.ts';
import type { Site } from '../operate/site.ts';
import { printPlan } from '../plan/print.ts';
import type { VerbContext, VerbHandler, VerbOptions } from './context.ts';
import { exitCodes, firstEarned } from './exit-codes.ts';
import { type Fleet, unasked, withFleet } from './fleet.ts';
import { type JsonList, jsonList } from './json-list.ts';
import { exitCodeOf, outcomeFindings } from './outcome-findings.ts';
import type { Output } from './output.ts';
import { planJson } from './plan-json.ts';
import { printFindings } from './print-findings.ts';
import { shownPlan } from './shown-plan.ts';
import { UsageError } from './usage-error.ts';
import { findingsJson } from './validate.ts';

const schema = 'vflane.plan/1';

/** Exits with 0 if there is nothing to do, 2 with changes, 4 if apply would refuse. */
export const run: VerbHandler = (context, _args, options) =>
  withFleet(context, schema, async (fleet) => {
    // The file first: if it cannot be made, no result is printed.
    const files = planFile(context, options);
    const printed = context.output.jsonList(schema, 'hosts');
    const findings: Finding[] = [];
    const codes: number[] = [];
    await fleet.tellEach(planning(fleet, options), (planned) => {
      if (planned.value) tellPlan(context, planned.value.plan, { files, printed }, options);
      findings.push(...findingsOf([planned]), ...mayBeElsewhere([planned], unasked(fleet)));
      codes.push(exitCodeOfPlan(planned));
    });
    for (const list of [...files, printed]) list.end({ findings: findingsJson(findings) });
    printFindings(findings, fleet.sources, context.output);
    return firstEarned(codes);
  });

/** The file of `--out`, if one was requested. */
export function planFile({ cwd }: VerbContext, options: VerbOptions): readonly JsonList[] {
  if (typeof options.out !== 'string') return [];
  const path = options.out;
  // It contains what guests are told at their first start, which may include passwords.
  const file = written(path, () => openSync(resolve(cwd, path), 'w', 0o600));
  return [jsonList((text) => written(path, () => appendFileSync(file, text)), schema, 'hosts')];
}

function written<Value>(path: string, write: () => Value): Value {
  try {
    return write();
  } catch (error) {
    const why = (error as Error).message;
    throw new UsageError(`${path} cannot be written: ${why}`, 'Name a file in a folder that has room.');
  }
}

function tellPlan(
  { output }: VerbContext,
  plan: Plan,
  { files, printed }: { readonly files: readonly JsonList[]; readonly printed: JsonList },
  options: VerbOptions,
): void {
  if (!output.wantsJson) printSteps(output, plan, options);
  for (const file of files) file.add(planJson(plan));
  printed.add(planJson(shownPlan(plan)));
}

function planning({ fabric }: Fleet, options: VerbOptions) {
  const allowDisruption = options.allowDisruption === true;
  return async (site: Site, host: FabricHost) => {
    // Only apply has this option: nobody is asked in between.
    if (options.yes === true) await site.hold();
    return planFromFile(site, fabric, host, { allowDisruption });
  };
}

export function planFleet(fleet: Fleet, options: VerbOptions): Promise<readonly PerHost<HostPlan>[]> {
  return fleet.onEach(planning(fleet, options));
}

/** For every host: what stands against its plan, or why there is none. */
export function findingsOf(planned: readonly PerHost<HostPlan>[]): readonly Finding[] {
  return planned.flatMap(({ host, value, trouble }) => [
    ...(value?.plan.findings ?? []),
    ...(trouble ? outcomeFindings(host, trouble) : []),
  ]);
}

export function showPlans(
  { output }: VerbContext,
  { sources }: Pick<Fleet, 'sources'>,
  plans: readonly Plan[],
  findings: readonly Finding[],
  options: VerbOptions,
): void {
  for (const plan of plans) printSteps(output, plan, options);
  printFindings(findings, sources, output);
}

function printSteps(output: Output, plan: Plan, options: VerbOptions): void {
  for (const line of printPlan(plan, { full: options.full === true })) output.result(line);
}

export function exitCodeOfPlan({ value, trouble }: PerHost<HostPlan>): number {
  if (trouble) return exitCodeOf(trouble);
  if (value?.plan.findings.some(({ severity }) => severity === 'error')) return exitCodes.preconditionsNotMet;
  return value?.plan.steps.length === 0 ? exitCodes.asAsked : exitCodes.differs;
}
