import type { PerHost } from '../operate/hosts.ts';
import type { HostPlan } from '../operate/plan-host.ts';
import { apart } from '../plan/apart.ts';
import type { Difference } from '../plan/differences.ts';
import type { VerbContext, VerbHandler } from './context.ts';
import { exitCodes, firstEarned } from './exit-codes.ts';
import { withFleet } from './fleet.ts';
import { insideGuests } from './inside-guests.ts';
import { exitCodeOf } from './outcome-findings.ts';
import { findingsOf, planFleet } from './plan.ts';
import { differencesJson } from './plan-json.ts';
import { printFindings } from './print-findings.ts';
import { findingsJson } from './validate.ts';

/** Exits with 0 if every host was looked at and is as the file wants it, else 2. */
export const run: VerbHandler = (context, _args, options) =>
  withFleet(context, 'vflane.verify/1', async (fleet) => {
    const planned = await planFleet(fleet, options);
    const inside = await insideGuests(fleet, planned);
    const findings = [...findingsOf(planned), ...inside.flatMap((one) => one.findings)];
    for (const { host, value } of planned) {
      if (value) tell(context, host, value);
      for (const line of inside.find((one) => one.host === host)?.lines ?? []) context.output.result(line);
    }
    printFindings(findings, fleet.sources, context.output);
    const hosts = planned.flatMap(({ host, value }) =>
      value
        ? [
            {
              host,
              verified: isVerified(value),
              differences: differencesJson(value.differences),
              guests: inside.find((one) => one.host === host)?.json ?? [],
            },
          ]
        : [],
    );
    context.output.json('vflane.verify/1', { hosts, findings: findingsJson(findings) });
    return firstEarned(planned.map(exitCodeOfLook));
  });

function isVerified({ differences, plan }: HostPlan): boolean {
  return differences.length === 0 && !plan.findings.some(({ severity }) => severity === 'error');
}

function exitCodeOfLook({ value, trouble }: PerHost<HostPlan>): number {
  if (trouble) return exitCodeOf(trouble);
  return value && isVerified(value) ? exitCodes.asAsked : exitCodes.differs;
}

function tell({ output }: VerbContext, host: string, looked: HostPlan): void {
  if (isVerified(looked)) output.result(`${host}: ${output.paint('green', 'verified')}`);
  else output.result(`${host}: ${output.paint('red', 'not verified')}${whyNot(looked.differences.length)}`);
  for (const line of differenceLines(looked.differences)) output.result(`  ${line}`);
}

/** What is not as wanted, one line per place. */
export function differenceLines(differences: readonly Difference[]): readonly string[] {
  return differences.map(({ resource, at, have, want }) => `${resource} ${at} ${apart(have, want)}`);
}

function whyNot(differences: number): string {
  if (differences === 0) return ': it could not be looked at, or is not ready';
  return differences === 1 ? ', 1 difference' : `, ${differences} differences`;
}
