import type { FabricHost } from '../model/fabric.ts';
import type { Outcome } from '../model/outcome.ts';
import { planGuests } from '../operate/guests.ts';
import type { PerHost } from '../operate/hosts.ts';
import type { HostPlan } from '../operate/plan-host.ts';
import type { Request } from '../operate/site.ts';
import { applyRequest, carryOutAll, mayGoOn } from './carry-out-all.ts';
import type { VerbContext, VerbHandler, VerbOptions } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { type Fleet, withFleet } from './fleet.ts';
import { showPlans } from './plan.ts';
import { type NamedVm, vmsNamed } from './vm-names.ts';

type To = 'running' | 'stopped';

/** Starts, stops or restarts VMs: each is a plan like any other, under the host's lock, and in its journal. */
function power(verb: 'start' | 'stop' | 'restart', steps: readonly To[]): VerbHandler {
  return (context, names, options) =>
    withFleet(context, `vflane.vm-${verb}/1`, async (fleet) => {
      const vms = vmsNamed(fleet, names);
      for (const [place, to] of steps.entries()) {
        const heard = place === steps.length - 1 ? context : quietly(context);
        const code = await oneWay(heard, fleet, vms, to, { ...options, verb });
        if (code !== exitCodes.asAsked) return code;
      }
      return exitCodes.asAsked;
    });
}

type Way = VerbOptions & { readonly verb: string };

async function oneWay(
  context: VerbContext,
  fleet: Fleet,
  vms: readonly NamedVm[],
  to: To,
  way: Way,
): Promise<number> {
  const hosts = [...new Set(vms.map(({ host }) => host))];
  const only: Fleet = { ...fleet, hosts, onEach: (work, some = hosts) => fleet.onEach(work, some) };
  const planned = await only.onEach((site, host) =>
    planGuests(site, fleet.fabric, host, namesOn(vms, host), to),
  );
  const requests = new Map(planned.map((one) => [one.host, requestOf(one, way)]));
  const plans = planned.flatMap(({ value }) => (value ? [value.plan] : []));
  const notes = plans.flatMap(({ findings }) => findings.filter(({ severity }) => severity !== 'error'));
  const quiet = { ...context, output: { ...context.output, result: context.output.log } };
  showPlans(quiet, fleet, plans, notes, way);
  const isWork = [...requests.values()].some((one) => 'do' in one);
  // Only what takes a guest away from its users is asked about.
  if (isWork && to === 'stopped' && !(await mayGoOn(context, way, `${capital(way.verb)} this?`))) {
    context.output.log('nothing was done');
    return exitCodes.failed;
  }
  const requestFor = (host: string) => requests.get(host) ?? ({ kind: 'nothing-to-do' } as const);
  return carryOutAll(context, only, `vm-${way.verb}`, requestFor, { notes, plans });
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/** The first half of a restart has no result of its own. */
function quietly(context: VerbContext): VerbContext {
  return { ...context, output: { ...context.output, result: context.output.log, json: () => undefined } };
}

function namesOn(vms: readonly NamedVm[], host: FabricHost): readonly string[] {
  return vms.filter((vm) => vm.host === host).map(({ guest }) => guest.name);
}

function requestOf(
  { value, trouble }: PerHost<HostPlan | undefined>,
  { verb, ...options }: Way,
): Request | Outcome {
  if (trouble) return trouble;
  if (!value) return { kind: 'nothing-to-do' };
  const against = value.plan.findings.filter(({ severity }) => severity === 'error');
  if (against.length > 0) return { kind: 'refused', findings: against };
  return value.plan.steps.length === 0
    ? { kind: 'nothing-to-do' }
    : applyRequest(value.plan, `vm ${verb}`, options);
}

export const start = { run: power('start', ['running']) };
export const stop = { run: power('stop', ['stopped']) };
export const restart = { run: power('restart', ['stopped', 'running']) };
