import type { FabricHost } from '../model/fabric.ts';
import type { Outcome } from '../model/outcome.ts';
import type { HostPlan, PlanOptions } from '../operate/plan-host.ts';
import type { Request, Site } from '../operate/site.ts';
import { applyRequest, carryOutAll, mayGoOn } from './carry-out-all.ts';
import type { VerbContext, VerbOptions } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { withFleet } from './fleet.ts';
import { showPlans } from './plan.ts';

/** How a verb that takes something away plans it; `undefined`: there is nothing to take away. */
export type PlanBack = (site: Site, host: FabricHost, options: PlanOptions) => Promise<HostPlan | undefined>;

/** Plans a way back on every host, shows it, asks, and takes it. */
export function goBack(
  context: VerbContext,
  verb: 'undo' | 'destroy',
  options: VerbOptions,
  planBack: PlanBack,
): Promise<number> {
  return withFleet(context, `vflane.${verb}/1`, async (fleet) => {
    const allowDisruption = options.allowDisruption === true;
    const planned = await fleet.onEach((site, host) => planBack(site, host, { allowDisruption }));
    const plans = planned.flatMap(({ value }) => (value ? [value.plan] : []));
    const shown = { ...context, output: { ...context.output, result: context.output.log } };
    const warnings = plans.flatMap(({ findings }) => findings.filter(({ severity }) => severity !== 'error'));
    showPlans(shown, fleet, plans, warnings, options);
    const requests = new Map<string, Request | Outcome>(
      planned.map(({ host, value, trouble }) => [host, trouble ?? requestOf(value, verb, options)]),
    );
    // What is refused anyway is not asked about.
    const work = [...requests.values()].some(hasSteps);
    if (work && !(await mayGoOn(context, options, `${verb === 'undo' ? 'Undo' : 'Destroy'} this?`))) {
      context.output.log('nothing was done');
      return exitCodes.failed;
    }
    const requestFor = (host: string) => requests.get(host) ?? ({ kind: 'nothing-to-do' } as const);
    return carryOutAll(context, fleet, verb, requestFor, { plans });
  });
}

function requestOf(planned: HostPlan | undefined, verb: string, options: VerbOptions): Request | Outcome {
  if (!planned) return { kind: 'nothing-to-do' };
  const against = planned.plan.findings.filter(({ severity }) => severity === 'error');
  if (against.length > 0) return { kind: 'refused', findings: against };
  const isKnown = planned.plan.steps.length > 0 || planned.fold.ledger.entries.size > 0;
  return isKnown ? applyRequest(planned.plan, verb, options) : { kind: 'nothing-to-do' };
}

function hasSteps(request: Request | Outcome): boolean {
  return 'do' in request && request.do === 'apply' && request.plan.steps.length > 0;
}
