import type { Json } from '../model/json.ts';
import { type FirmwarePlan, planFirmware } from '../operate/plan-firmware.ts';
import type { VerbHandler } from './context.ts';
import { exitCodes, firstEarned } from './exit-codes.ts';
import { cardJson } from './firmware-json.ts';
import { firmwareOptions, narrowedTo } from './firmware-options.ts';
import { withFleet } from './fleet.ts';
import { exitCodeOfPlan, findingsOf, planFile, showPlans } from './plan.ts';
import { planJson } from './plan-json.ts';
import { findingsJson } from './validate.ts';

const schema = 'vflane.firmware-plan/1';

/** What would be written to each card; 0 with nothing to do, 2 with something, 4 where it would be refused. */
export const run: VerbHandler = (context, [name], options) => {
  const asked = firmwareOptions(options);
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
