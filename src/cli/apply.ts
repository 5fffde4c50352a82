import type { Finding } from '../model/finding.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Plan } from '../model/plan.ts';
import { mayBeElsewhere } from '../operate/moves.ts';
import type { Request } from '../operate/site.ts';
import { applyRequest, carryOutAll, confirmWithinMs, mayGoOn } from './carry-out-all.ts';
import type { VerbContext, VerbHandler, VerbOptions } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { type Fleet, unasked, withFleet } from './fleet.ts';
import { findingsOf, planFleet, showPlans } from './plan.ts';
import { readPlanFile } from './plan-file.ts';
import { printFindings } from './print-findings.ts';
import { UsageError } from './usage-error.ts';

/** Shows the plan, asks, applies it on every host, and looks again. */
export const run: VerbHandler = (context, args, options) =>
  withFleet(context, 'vflane.apply/1', async (whole) => {
    // A wrong time is reported before any host is asked.
    confirmWithinMs(options);
    const plans = args[0] === undefined ? undefined : plansFor(context, whole, args[0]);
    const fleet = plans === undefined ? whole : only(whole, plans);
    const {
      requests,
      notes,
      plans: shown,
    } = plans === undefined
      ? await fromFile(context, fleet, options)
      : written(context, fleet, plans, options);
    const steps = [...requests.values()].flatMap((request) => ('kind' in request ? [] : stepsIn(request)));
    if (steps.length > 0 && !(await mayGoOn(context, options, 'Apply this?', shown))) {
      context.output.log('nothing was done');
      return exitCodes.failed;
    }
    const requestFor = (host: string) => requests.get(host) ?? ({ kind: 'nothing-to-do' } as const);
    return carryOutAll(context, fleet, 'apply', requestFor, { notes, plans: shown });
  });

interface Asked {
  readonly requests: ReadonlyMap<string, Request | Outcome>;
  /** Findings beside the plans that refuse none of them. */
  readonly notes: readonly Finding[];
  readonly plans: readonly Plan[];
}

async function fromFile(context: VerbContext, fleet: Fleet, options: VerbOptions): Promise<Asked> {
  const planned = await planFleet(fleet, options);
  const plans = planned.flatMap(({ value }) => (value ? [value.plan] : []));
  const shown = onStderr(context);
  const work = plans.filter(({ steps }) => steps.length > 0);
  // Whoever is not asked hears of the rest once, by what comes of it.
  const isAsked = options.yes !== true && work.length > 0 && plans.length < planned.length;
  showPlans(shown, fleet, work, isAsked ? findingsOf(planned) : [], options);
  const notes = [...notesOf(plans), ...mayBeElsewhere(planned, unasked(fleet))];
  printFindings(notes, fleet.sources, shown.output);
  const requests = planned.map(({ host, value, trouble }): [string, Request | Outcome] => [
    host,
    value ? requestOf(value.plan, options) : (trouble as Outcome),
  ]);
  return { requests: new Map(requests), notes, plans };
}

function notesOf(plans: readonly Plan[]): readonly Finding[] {
  return plans.flatMap(({ findings }) => findings.filter(({ severity }) => severity !== 'error'));
}

/** The plans of a file that are for the chosen hosts. @throws UsageError if there are none, or one is for an unknown host */
function plansFor(context: VerbContext, { hosts }: Fleet, path: string): readonly Plan[] {
  const plans = readPlanFile(context, path);
  const known = new Set<string>(hosts.map(({ name }) => name));
  const stranger = plans.find(({ host }) => !known.has(host));
  const chosen = plans.filter(({ host }) => known.has(host));
  if (stranger && (chosen.length === 0 || context.global.host.length === 0)) {
    throw new UsageError(
      `${path} is for ${stranger.host}, which ${context.global.host.length > 0 ? 'is not chosen' : 'the file does not name'}`,
      'Name its fabric with -f, and its host, if any, with --host.',
    );
  }
  return chosen;
}

/** A plan concerns only its own hosts: the others are not even asked. */
function only(fleet: Fleet, plans: readonly Plan[]): Fleet {
  const hosts = fleet.hosts.filter(({ name }) => plans.some(({ host }) => host === name));
  return { ...fleet, hosts, onEach: (work, some = hosts) => fleet.onEach(work, some) };
}

function written(context: VerbContext, fleet: Fleet, plans: readonly Plan[], options: VerbOptions): Asked {
  const notes = notesOf(plans);
  showPlans(onStderr(context), fleet, plans, notes, options);
  return { requests: new Map(plans.map((plan) => [plan.host, requestOf(plan, options)])), notes, plans };
}

function onStderr(context: VerbContext): VerbContext {
  return { ...context, output: { ...context.output, result: context.output.log } };
}

/** A plan that something stands against is not started. */
function requestOf(plan: Plan, options: VerbOptions): Request | Outcome {
  const against = plan.findings.filter(({ severity }) => severity === 'error');
  // A plan that looks interrupted may be under way: only the host's lock can tell.
  const isUnderWay = against.length > 0 && against.every(({ code }) => code === 'VF3010');
  if (against.length > 0 && (!isUnderWay || plan.steps.length === 0))
    return { kind: 'refused', findings: against };
  return plan.steps.length === 0 ? { kind: 'nothing-to-do' } : applyRequest(plan, 'apply', options);
}

function stepsIn(request: Request) {
  return request.do === 'apply' ? request.plan.steps : [];
}
