import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { Json } from '../model/json.ts';
import type { PerHost } from '../operate/hosts.ts';
import { type PreparedPlan, planToPrepare } from '../operate/plan-prepare.ts';
import type { Site } from '../operate/site.ts';
import { printPlan } from '../plan/print.ts';
import type { VerbContext, VerbHandler, VerbOptions } from './context.ts';
import { firstEarned } from './exit-codes.ts';
import { type Fleet, withFleet } from './fleet.ts';
import type { Output } from './output.ts';
import { exitCodeOfPlan, findingsOf } from './plan.ts';
import { planAndDo } from './plan-and-do.ts';
import { planJson } from './plan-json.ts';
import { printFindings } from './print-findings.ts';
import { findingsJson } from './validate.ts';

const schema = 'vflane.prepare/1';

type Prepared = PerHost<PreparedPlan>;

/** What each host lacks for its datapath: shown as a plan, and with `--yes` installed. Commands that replace a kernel are only printed. */
export const run: VerbHandler = async (context, [name], options) => {
  const host = name === undefined ? context.global.host : [...context.global.host, name];
  const narrowed = { ...context, global: { ...context.global, host } };
  return options.yes === true ? bring(narrowed, options) : show(narrowed, options);
};

function show(context: VerbContext, options: VerbOptions): Promise<number> {
  return withFleet(context, schema, async (fleet) => {
    const planned = await fleet.onEach(planOne(fleet.fabric));
    const findings = findingsOf(planned);
    if (!context.output.wantsJson) tell(context.output, fleet, planned, findings, options);
    const hosts = planned.flatMap(({ value }) => (value ? [asJson(value)] : []));
    context.output.json(schema, { hosts, findings: findingsJson(findings) });
    return firstEarned(planned.map(exitCodeOfPlan));
  });
}

function planOne(fabric: Fabric) {
  return (site: Site, host: FabricHost) => planToPrepare(site, fabric, host);
}

function tell(
  output: Output,
  { sources }: Fleet,
  planned: readonly Prepared[],
  findings: readonly Finding[],
  options: VerbOptions,
): void {
  for (const { value } of planned) {
    for (const line of value ? printPlan(value.plan, { full: options.full === true }) : [])
      output.result(line);
  }
  printFindings(findings, sources, output);
  const recipes = planned.flatMap(({ value }) => value?.recipes ?? []);
  for (const line of recipeLines(recipes)) output.result(line);
}

/** A need that several hosts share is reported once. */
function recipeLines(recipes: PreparedPlan['recipes']): readonly string[] {
  const distinct = [...new Map(recipes.map((recipe) => [recipe.title, recipe])).values()];
  return distinct.flatMap(({ title, lines }) => ['', `${title}:`, ...lines.map((line) => `    ${line}`)]);
}

function asJson({ plan, recipes }: PreparedPlan): Json {
  const told = recipes.map(({ title, lines }) => ({ title, lines: [...lines] }));
  return { ...(planJson(plan) as { readonly [key: string]: Json }), recipes: told };
}

async function bring(context: VerbContext, options: VerbOptions): Promise<number> {
  const recipes: PreparedPlan['recipes'][number][] = [];
  const code = await planAndDo(context, 'prepare', options, async (site, host, _planning, fabric) => {
    const planned = await planToPrepare(site, fabric, host);
    recipes.push(...planned.recipes);
    return planned;
  });
  for (const line of recipeLines(recipes)) context.output.log(line);
  return code;
}
