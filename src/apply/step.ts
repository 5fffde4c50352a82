import type { Host } from '../host/host.ts';
import type { Store } from '../host/store.ts';
import type { StepFailure } from '../model/outcome.ts';
import type { Action, Plan, Probe, Settle, Step } from '../model/plan.ts';
import { act, lookupTimeoutMs, namesNow, prepare } from './act.ts';
import { type Clock, poll } from './clock.ts';
import type { OnEvent, Shown } from './event.ts';
import { during, failureOf, Interrupted, Trouble, unmetWords } from './failure.ts';
import { type StepRecord, write } from './journal.ts';
import { kernelSaid } from './kernel-said.ts';
import { probeAll, unmet, type Verdict } from './probe.ts';
import type { Resolved } from './resolve.ts';

/** What it takes to walk a plan. */
export interface Walk {
  readonly host: Host;
  readonly store: Store;
  readonly clock: Clock;
  readonly planId: string;
  readonly plan: Plan;
  readonly onEvent: OnEvent;
  readonly signal?: AbortSignal;
}

export function aboutStep(walk: Walk, n: number, step: Step) {
  const { why, resource, at } = step;
  return { n, of: walk.plan.steps.length, why, resource, at };
}

export async function noteStep(
  walk: Walk,
  n: number,
  phase: StepRecord['phase'],
  more: Partial<StepRecord> = {},
): Promise<void> {
  const { planId: plan, clock, store } = walk;
  await during('journal', write(store, { ...more, v: 1, record: 'step', plan, n, phase, time: clock.now() }));
}

/** Takes one step; `begun`: the names of an earlier attempt, which came nobody knows how far. @throws Interrupted */
export async function takeStep(
  walk: Walk,
  n: number,
  step: Step,
  begun?: Resolved,
): Promise<StepFailure | undefined> {
  const progress: Progress = { effect: begun ? 'unknown' : 'none' };
  const startedAt = walk.clock.now();
  walk.onEvent({ kind: 'step-start', ...aboutStep(walk, n, step) });
  try {
    await doStep(walk, n, step, begun, progress);
    return undefined;
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    const kernel = await kernelSaid(walk.host, walk.clock.now() - startedAt);
    return failed(walk, failureOf(n, step, error, progress.effect, kernel));
  }
}

interface Progress {
  effect: 'none' | 'unknown';
}

async function failed(walk: Walk, failure: StepFailure): Promise<StepFailure> {
  const { n, effect, message } = failure;
  try {
    await noteStep(walk, n, 'failed', { effect, messages: [message] });
  } catch (error) {
    // Without this record the step counts as begun, which errs on the safe side.
    if (!(error instanceof Trouble)) throw error;
    walk.onEvent({ kind: 'warning', n, message: error.message });
  }
  walk.onEvent({ kind: 'failed', failure });
  return failure;
}

async function doStep(
  walk: Walk,
  n: number,
  step: Step,
  begun: Resolved | undefined,
  progress: Progress,
): Promise<void> {
  const startedAt = walk.clock.now();
  const found = begun !== undefined && (await alreadyHolds(walk, step));
  if (!found) {
    if (begun) await undoFirst(walk, n, step, begun);
    await doActions(walk, n, step, progress);
    await settle(walk, n, step.settle);
  }
  const shown = await show(walk, step.settle.show);
  await noteStep(walk, n, 'done');
  walk.onEvent({ kind: 'step-done', n, ms: walk.clock.now() - startedAt, found, shown });
}

async function alreadyHolds(walk: Walk, step: Step): Promise<boolean> {
  const { all } = step.settle;
  return all.length > 0 && unmet(await probeAll(walk.host, all)).length === 0;
}

// `ip link add` fails if an earlier attempt half worked, so what may be there goes first; but nothing that has come into use since.
async function undoFirst(walk: Walk, n: number, step: Step, begun: Resolved): Promise<void> {
  const inUse = step.guard.filter((probe) => 'unused' in probe);
  await guard(walk, [...inUse, ...(step.undoGuard ?? [])]);
  for (const message of await undoActions(walk, n, step.undo, begun)) {
    walk.onEvent({ kind: 'warning', n, message });
  }
}

async function doActions(walk: Walk, n: number, step: Step, progress: Progress): Promise<void> {
  const [first, ...rest] = step.actions;
  const prepared = first && (await during('lookup', prepare(walk.host, walk.clock, first)));
  const names = { ...(await during('lookup', namesNow(walk.host, rest))), ...prepared?.resolved };
  await noteStep(walk, n, 'start', { resolved: names });
  await guard(walk, step.guard);
  progress.effect = 'unknown';
  if (prepared) await perform(walk, n, prepared.ready);
  for (const action of rest) await doNext(walk, n, action, names);
}

// Only new names are written down: a record for each of 254 VFs would cost more than binding them.
async function doNext(walk: Walk, n: number, action: Action, noted: Resolved): Promise<void> {
  const { ready, resolved } = await during('lookup', prepare(walk.host, walk.clock, action));
  const news = Object.entries(resolved).filter(([words, value]) => noted[words] !== value);
  if (news.length) await noteStep(walk, n, 'resolved', { resolved: Object.fromEntries(news) });
  await perform(walk, n, ready);
}

async function perform(walk: Walk, n: number, ready: Parameters<typeof act>[1]): Promise<void> {
  const message = await during('action', act(walk.host, ready));
  if (message !== undefined) walk.onEvent({ kind: 'warning', n, message });
}

/** Takes every action of an undo, whatever became of the one before it; returns what went wrong. */
export async function undoActions(
  walk: Walk,
  n: number,
  actions: readonly Action[],
  known: Resolved,
): Promise<readonly string[]> {
  const messages: string[] = [];
  for (const action of actions) {
    try {
      const { ready } = await during('lookup', prepare(walk.host, walk.clock, action, known));
      await perform(walk, n, ready);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      messages.push(error.message);
    }
  }
  return messages;
}

/** A missing name is waited for; a false answer is final. */
export async function guard(walk: Walk, probes: readonly Probe[]): Promise<void> {
  const decided = (all: readonly Verdict[]) =>
    all.some((v) => v.kind === 'differs') || all.every((v) => v.kind === 'holds');
  const verdicts = await poll(walk.clock, lookupTimeoutMs, () => probeAll(walk.host, probes), decided);
  const open = unmet(verdicts);
  if (open.length) throw new Trouble('guard', `a condition does not hold: ${unmetWords(open)}`, open);
}

async function settle(walk: Walk, n: number, { all, timeoutMs }: Settle): Promise<void> {
  const tell = waitingTeller(walk, n);
  const look = async () => tell(unmet(await probeAll(walk.host, all)));
  const open = await poll(
    walk.clock,
    timeoutMs,
    look,
    (u) => u.length === 0 || walk.signal?.aborted === true,
  );
  if (open.length === 0) return;
  if (walk.signal?.aborted) throw new Interrupted();
  throw new Trouble('settle', `not so after ${timeoutMs / 1000} s: ${unmetWords(open)}`, open);
}

const firstTellMs = 1000;
const tellEveryMs = 5000;

function waitingTeller(walk: Walk, n: number) {
  const since = walk.clock.now();
  let tellAtMs = firstTellMs;
  return <U extends ReturnType<typeof unmet>>(open: U): U => {
    const waitedMs = walk.clock.now() - since;
    if (open.length && waitedMs >= tellAtMs) {
      walk.onEvent({ kind: 'settle-waiting', n, waitedMs, unmet: open });
      tellAtMs = waitedMs + tellEveryMs;
    }
    return open;
  };
}

async function show(walk: Walk, probes: readonly Probe[]): Promise<readonly Shown[]> {
  const verdicts = await probeAll(walk.host, probes);
  // What is only shown need not have any value.
  return verdicts.map(({ wanted, saw }) => ({ what: wanted.replace(/ is ""$/, ''), saw }));
}
