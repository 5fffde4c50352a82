import { createInterface } from 'node:readline/promises';
import type { FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Plan } from '../model/plan.ts';
import type { PerHost } from '../operate/hosts.ts';
import type { Request, Site } from '../operate/site.ts';
import type { VerbContext, VerbOptions } from './context.ts';
import { durationMs } from './duration.ts';
import { firstEarned } from './exit-codes.ts';
import type { Fleet } from './fleet.ts';
import { inTheirTurn } from './in-their-turn.ts';
import { exitCodeOf, outcomeFindings } from './outcome-findings.ts';
import { newPlanId } from './plan-id.ts';
import { printFindings } from './print-findings.ts';
import { clockTime, progressOf } from './progress.ts';
import { UsageError } from './usage-error.ts';
import { findingsJson } from './validate.ts';

/** How long an operator has by default to confirm a plan that touches their way in. */
const lockOutWindowMs = 60_000;

/** The request for a plan; a plan that touches the operator's own way in always gets a way back. */
export function applyRequest(plan: Plan, verb: string, options: VerbOptions): Request {
  const lockOut = plan.findings.some(({ code }) => code === 'VF3004') ? lockOutWindowMs : undefined;
  const within = confirmWithinMs(options) ?? lockOut;
  const timed = within === undefined ? {} : { confirmWithinMs: within };
  return { do: 'apply', plan, planId: newPlanId(), verb, ...timed };
}

/** `--confirm-within`, in milliseconds. @throws UsageError */
export function confirmWithinMs({ confirmWithin }: VerbOptions): number | undefined {
  return typeof confirmWithin === 'string' ? durationMs('--confirm-within', confirmWithin) : undefined;
}

/** A burn must not be confirmed by a single key. @throws UsageError */
function refuseUnsaidBurn(plans: readonly Plan[]): void {
  const burns = plans.some(({ steps }) => steps.some(({ resource }) => resource === 'firmware-image'));
  if (burns)
    throw new UsageError(
      'this plan burns firmware, which is done only where --yes was said',
      'Look at the plan, and say it again with --yes if this is what you want.',
    );
}

/** Asks whether to go on. @throws UsageError without a terminal: nobody can answer */
export async function mayGoOn(
  context: VerbContext,
  options: VerbOptions,
  question: string,
  plans: readonly Plan[] = [],
): Promise<boolean> {
  if (options.yes === true) return true;
  refuseUnsaidBurn(plans);
  if (!process.stdin.isTTY || !context.output.terminal.stderr) {
    throw new UsageError('there is no terminal to ask on', 'Say --yes if this is what you want.');
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}

/** Makes each host carry out its request, and reports the outcomes. */
export async function carryOutAll(
  context: VerbContext,
  fleet: Fleet,
  verb: string,
  requestFor: (host: string) => Request | Outcome,
  { notes = [], plans = [], after }: Beside = {},
): Promise<number> {
  const work = (site: Site, { name }: FabricHost): Promise<Outcome> | Outcome => {
    const request = requestFor(name);
    return 'kind' in request ? request : site.carryOut(request, progressOf(name, context.output));
  };
  const done = await inTheirTurn(fleet, plans, work);
  const looked = after === undefined ? [] : await fleet.onEach(after);
  const found = looked.flatMap(({ value }) => value ?? []);
  const code = tellOutcomes(context, fleet, verb, done, [...notes, ...found]);
  printFindings(found, fleet.sources, context.output);
  return code;
}

interface Beside {
  /** What was already reported beside the plans, for the JSON. */
  readonly notes?: readonly Finding[];
  /** The plans by which guests may move from one host to another. */
  readonly plans?: readonly Plan[];
  /** One more look at each host, whatever came of it: what it finds changes no exit code. */
  readonly after?: (site: Site, host: FabricHost) => Promise<readonly Finding[]>;
}

function tellOutcomes(
  context: VerbContext,
  fleet: Pick<Fleet, 'sources'>,
  verb: string,
  done: readonly PerHost<Outcome>[],
  notes: readonly Finding[],
): number {
  const outcomes = done.flatMap(({ host, value, trouble }) => {
    const outcome = value ?? trouble;
    return outcome ? [{ host, outcome }] : [];
  });
  const findings = outcomes.flatMap(({ host, outcome }) => outcomeFindings(host, outcome));
  for (const { host, outcome } of outcomes) context.output.result(`${host}: ${wordsOf(outcome)}`);
  printFindings(findings, fleet.sources, context.output);
  const hosts = outcomes.map(({ host, outcome }) => ({ host, ...outcomeJson(outcome) }));
  context.output.json(`vflane.${verb}/1`, { hosts, findings: findingsJson([...findings, ...notes]) });
  return firstEarned(outcomes.map(({ outcome }) => exitCodeOf(outcome)));
}

function outcomeJson(outcome: Outcome) {
  const { kind, ...details } = outcome;
  return { outcome: kind, ...JSON.parse(JSON.stringify(details)) };
}

function wordsOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'applied':
      return outcome.confirmBefore === undefined
        ? `applied and verified (${outcome.stepsDone === 1 ? '1 step' : `${outcome.stepsDone} steps`}, plan ${outcome.planId})`
        : `applied and verified; taken back at ${clockTime(outcome.confirmBefore)} unless you say \`vflane confirm\``;
    case 'nothing-to-do':
      return 'nothing to do';
    case 'rolled-back':
      return outcome.failure ? 'failed, and taken back' : 'taken back';
    case 'rollback-incomplete':
      return outcome.rebooted ? 'closed: the host has restarted since' : 'not wholly taken back';
    default:
      return outcome.kind;
  }
}
