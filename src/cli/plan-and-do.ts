import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { Outcome } from '../model/outcome.ts';
import type { HostPlan, PlanOptions } from '../operate/plan-host.ts';
import type { Request, Site } from '../operate/site.ts';
import { applyRequest, carryOutAll, mayGoOn } from './carry-out-all.ts';
import type { VerbContext, VerbOptions } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { withFleet } from './fleet.ts';
import { showPlans } from './plan.ts';

/** How a verb plans what it does on a host; `undefined`: there is nothing to do. */
type PlanOne = (
  site: Site,
  host: FabricHost,
  options: PlanOptions,
  fabric: Fabric,
) => Promise<HostPlan | undefined>;

const questions = {
  undo: 'Undo this?',
  destroy: 'Destroy this?',
  enable: 'Enable this?',
  disable: 'Disable this?',
  prepare: 'Prepare this?',
  adopt: 'Take this over?',
  firmware: 'Write this to the cards?',
} as const;

/** Plans on every host what a verb other than `apply` does, shows it, asks, and does it. */
export function planAndDo(
  context: VerbContext,
  verb: keyof typeof questions,
  options: VerbOptions,
  planOne: PlanOne,
  after?: (site: Site, host: FabricHost) => Promise<readonly Finding[]>,
): Promise<number> {
  return withFleet(context, `vflane.${verb}/1`, async (fleet) => {
    const allowDisruption = options.allowDisruption === true;
    const planned = await fleet.onEach((site, host) =>
      planOne(site, host, { allowDisruption }, fleet.fabric),
    );
    const plans = planned.flatMap(({ value }) => (value ? [value.plan] : []));
    const shown = { ...context, output: { ...context.output, result: context.output.log } };
    const warnings = plans.flatMap(({ findings }) => findings.filter(({ severity }) => severity !== 'error'));
    const steps = plans.filter((plan) => plan.steps.length > 0);
    showPlans(shown, fleet, steps, warnings, options);
    const requests = new Map<string, Request | Outcome>(
      planned.map(({ host, value, trouble }) => [host, trouble ?? requestOf(value, verb, options)]),
    );
    // No question is asked about what is refused anyway.
    const work = [...requests.values()].some(hasSteps);
    if (work && !(await mayGoOn(context, options, questions[verb], plans))) {
      context.output.log('nothing was done');
      return exitCodes.failed;
    }
    const requestFor = (host: string) => requests.get(host) ?? ({ kind: 'nothing-to-do' } as const);
    return carryOutAll(context, fleet, verb, requestFor, { plans, ...(after && work ? { after } : {}) });
  });
}

function requestOf(planned: HostPlan | undefined, verb: string, options: VerbOptions): Request | Outcome {
  if (!planned) return { kind: 'nothing-to-do' };
  const against = planned.plan.findings.filter(({ severity }) => severity === 'error');
  if (against.length > 0) return { kind: 'refused', findings: against };
  // What is already gone is still struck from the ledger.
  const mayForget = verb === 'undo' || verb === 'destroy';
  const isKnown = planned.plan.steps.length > 0 || (mayForget && planned.fold.ledger.entries.size > 0);
  return isKnown ? applyRequest(planned.plan, verb, options) : { kind: 'nothing-to-do' };
}

function hasSteps(request: Request | Outcome): boolean {
  return 'do' in request && request.do === 'apply' && request.plan.steps.length > 0;
}
