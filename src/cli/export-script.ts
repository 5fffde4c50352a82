import type { Plan } from '../model/plan.ts';
import type { PerHost } from '../operate/hosts.ts';
import type { HostPlan } from '../operate/plan-host.ts';
import { renderScript } from '../plan/script.ts';
import type { VerbHandler } from './context.ts';
import { exitCodes, firstEarned } from './exit-codes.ts';
import { withFleet } from './fleet.ts';
import { exitCodeOf } from './outcome-findings.ts';
import { findingsOf, planFleet } from './plan.ts';
import { printFindings } from './print-findings.ts';
import { UsageError } from './usage-error.ts';
import { findingsJson } from './validate.ts';

/** The plan of one host as a commented, self-contained POSIX sh script. */
export const run: VerbHandler = (context, _args, options) =>
  withFleet(context, 'vflane.export-script/1', async (fleet) => {
    if (fleet.hosts.length !== 1) {
      const names = fleet.hosts.map(({ name }) => name).join(', ');
      throw new UsageError('a script is for one host', `Say which with --host: ${names}.`);
    }
    const planned = await planFleet(fleet, options);
    const findings = findingsOf(planned);
    printFindings(findings, fleet.sources, { ...context.output, result: context.output.log });
    const scripts = planned.flatMap(({ host, value }) =>
      value && !isRefused(value.plan) ? [{ host, script: renderScript(value.plan) }] : [],
    );
    for (const { script } of scripts) context.output.text(script.trimEnd());
    context.output.json('vflane.export-script/1', { hosts: scripts, findings: findingsJson(findings) });
    return firstEarned(planned.map(exitCodeOfScript));
  });

/** A script asks nobody and looks at nothing, so what apply would refuse is not exported either. */
function isRefused({ findings }: Plan): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

function exitCodeOfScript({ value, trouble }: PerHost<HostPlan>): number {
  if (trouble) return exitCodeOf(trouble);
  return value && isRefused(value.plan) ? exitCodes.preconditionsNotMet : exitCodes.asAsked;
}
