import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Finding } from '../model/finding.ts';
import type { Plan } from '../model/plan.ts';
import type { PerHost } from '../operate/hosts.ts';
import { type HostPlan, planFromFile } from '../operate/plan-host.ts';
import { printPlan } from '../plan/print.ts';
import type { VerbContext, VerbHandler, VerbOptions } from './context.ts';
import { exitCodes, firstEarned } from './exit-codes.ts';
import { type Fleet, withFleet } from './fleet.ts';
import { exitCodeOf, outcomeFindings } from './outcome-findings.ts';
import { planJson } from './plan-json.ts';
import { printFindings } from './print-findings.ts';
import { findingsJson } from './validate.ts';

const schema = 'vflane.plan/1';

/** 0 with nothing to do, 2 with changes, 4 where apply would refuse. */
export const run: VerbHandler = (context, _args, options) =>
  withFleet(context, schema, async (fleet) => {
    const planned = await planFleet(fleet, options);
    const plans = planned.flatMap(({ value }) => (value ? [value.plan] : []));
    const findings = findingsOf(planned);
    showPlans(context, fleet, plans, findings, options);
    const object = { hosts: plans.map(planJson), findings: findingsJson(findings) };
    context.output.json(schema, object);
    if (typeof options['out'] === 'string') {
      writeFileSync(resolve(context.cwd, options['out']), `${JSON.stringify({ schema, ...object })}\n`);
    }
    return firstEarned(planned.map(exitCodeOfPlan));
  });

export function planFleet(fleet: Fleet, options: VerbOptions): Promise<readonly PerHost<HostPlan>[]> {
  const allowDisruption = options['allowDisruption'] === true;
  return fleet.onEach((site, host) => planFromFile(site, fleet.fabric, host, { allowDisruption }));
}

/** Of every host: what stands against its plan, or why there is none. */
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
  for (const plan of plans) {
    for (const line of printPlan(plan, { full: options['full'] === true })) output.result(line);
  }
  printFindings(findings, sources, output);
}

function exitCodeOfPlan({ value, trouble }: PerHost<HostPlan>): number {
  if (trouble) return exitCodeOf(trouble);
  if (value?.plan.findings.some(({ severity }) => severity === 'error')) return exitCodes.preconditionsNotMet;
  return value?.plan.steps.length === 0 ? exitCodes.asAsked : exitCodes.differs;
}
