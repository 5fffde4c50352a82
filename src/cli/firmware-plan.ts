import type { Json } from '../model/json.ts';
import { type FirmwarePlan, planFirmware } from '../operate/plan-firmware.ts';
import type { VerbHandler } from './context.ts';
import { exitCodes, firstEarned } from './exit-codes.ts';
import { cardJson } from './firmware-json.ts';
import { firmwareOptions, narrowedTo } from './firmware-options.ts';
import { withFleet } from './fleet.ts';
import { exitCodeOfPlan, findingsOf, planFile, showPlans } from './plan.ts';
import { planJson } from './plan-json.ts';
import { UsageError } from './usage-error.ts';
import { findingsJson } from './validate.ts';

const schema = 'vflane.firmware-plan/1';

/** What would be written to each card; exits with 0 if nothing, 2 if something, 4 if it would be refused. */
export const run: VerbHandler = (context, [name], options) => {
  const asked = firmwareOptions(options);
  if (asked.reset && options.out !== undefined)
    throw new UsageError(
      'a plan with a reset is not kept: whether anything uses the card is looked at when it is made',
      'Leave out --reset or -o; `vflane firmware apply --reset` plans and resets at once.',
    );
  return withFleet(narrowedTo(context, name), schema, async (fleet) => {
    const lists = planFile(context, options);
    const planned = await fleet.onEach((site, host) => planFirmware(site, fleet.fabric, host, asked));
    const values = planned.flatMap(({ value }) => (value ? [value] : []));
    const findings = findingsOf(planned);
    if (!context.output.wantsJson)
      showPlans(
        context,
        fleet,
        values.map(({ plan }) => plan),
        findings,
        { ...options, full: true },
      );
    for (const list of lists) {
      for (const { plan } of values) list.add(planJson(plan));
      list.end({ findings: findingsJson(findings) });
    }
    context.output.json(schema, { hosts: values.map(asJson), findings: findingsJson(findings) });
    return firstEarned([exitCodes.asAsked, ...planned.map(exitCodeOfPlan)]);
  });
};

function asJson({ plan, cards }: FirmwarePlan): Json {
  return { ...(planJson(plan) as { readonly [key: string]: Json }), cards: cards.map(cardJson) };
}
