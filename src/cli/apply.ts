import type { Outcome } from '../model/outcome.ts';
import type { Plan } from '../model/plan.ts';
import type { Request } from '../operate/site.ts';
import { applyRequest, carryOutAll, mayGoOn } from './carry-out-all.ts';
import type { VerbContext, VerbHandler, VerbOptions } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { type Fleet, withFleet } from './fleet.ts';
import { findingsOf, planFleet, showPlans } from './plan.ts';
import { readPlanFile } from './plan-file.ts';
import { printFindings } from './print-findings.ts';
import { UsageError } from './usage-error.ts';

/** Shows the plan, asks, applies it on every host, and looks again. */
export const run: VerbHandler = (context, args, options) =>
  withFleet(context, 'vflane.apply/1', async (fleet) => {
    const requests =
      args[0] === undefined
        ? await fromFile(context, fleet, options)
        : written(context, fleet, args[0], options);
    const steps = [...requests.values()].flatMap((request) => ('kind' in request ? [] : stepsIn(request)));
    if (steps.length > 0 && !(await mayGoOn(context, options, 'Apply this?'))) {
      context.output.log('nothing was done');
      return exitCodes.failed;
    }
    return carryOutAll(context, fleet, 'apply', (host) => requests.get(host) ?? { kind: 'nothing-to-do' });
  });

type Requests = ReadonlyMap<string, Request | Outcome>;

async function fromFile(context: VerbContext, fleet: Fleet, options: VerbOptions): Promise<Requests> {
  const planned = await planFleet(fleet, options);
  const plans = planned.flatMap(({ value }) => (value ? [value.plan] : []));
  const shown = { ...context, output: { ...context.output, result: context.output.log } };
  showPlans(shown, fleet, plans, plans.length === planned.length ? [] : findingsOf(planned), options);
  printFindings(
    plans.flatMap(({ findings }) => findings.filter(({ severity }) => severity !== 'error')),
    fleet.sources,
    shown.output,
  );
  return new Map(
    planned.map(({ host, value, trouble }) => [
      host,
      value ? requestOf(value.plan, options) : (trouble as Outcome),
    ]),
  );
}

function written(context: VerbContext, fleet: Fleet, path: string, options: VerbOptions): Requests {
  const plans = readPlanFile(context, path);
  const known = new Set<string>(fleet.hosts.map(({ name }) => name));
  const stranger = plans.find(({ host }) => !known.has(host) && context.global.host.length === 0);
  if (stranger)
    throw new UsageError(
      `${path} is for ${stranger.host}, which the file does not name`,
      'Name its fabric with -f.',
    );
  return new Map(plans.map((plan) => [plan.host, requestOf(plan, options)]));
}

/** A plan that something stands against is not begun. */
function requestOf(plan: Plan, options: VerbOptions): Request | Outcome {
  const against = plan.findings.filter(({ severity }) => severity === 'error');
  if (against.length > 0) return { kind: 'refused', findings: against };
  return plan.steps.length === 0 ? { kind: 'nothing-to-do' } : applyRequest(plan, 'apply', options);
}

function stepsIn(request: Request) {
  return request.do === 'apply' ? request.plan.steps : [];
}
