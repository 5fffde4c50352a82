import { renderScript } from '../plan/script.ts';
import type { VerbHandler } from './context.ts';
import { exitCodes, firstEarned } from './exit-codes.ts';
import { withFleet } from './fleet.ts';
import { exitCodeOf } from './outcome-findings.ts';
import { findingsOf, planFleet } from './plan.ts';
import { printFindings } from './print-findings.ts';
import { UsageError } from './usage-error.ts';

/** The plan of one host as a POSIX sh script that says why, and runs alone. */
export const run: VerbHandler = (context, _args, options) =>
  withFleet(context, 'vflane.export-script/1', async (fleet) => {
    if (fleet.hosts.length !== 1) {
      const names = fleet.hosts.map(({ name }) => name).join(', ');
      throw new UsageError('a script is for one host', `Say which with --host: ${names}.`);
    }
    const planned = await planFleet(fleet, options);
    printFindings(findingsOf(planned), fleet.sources, { ...context.output, result: context.output.log });
    const scripts = planned.flatMap(({ host, value }) =>
      value ? [{ host, script: renderScript(value.plan) }] : [],
    );
    for (const { script } of scripts) context.output.result(script.trimEnd());
    context.output.json('vflane.export-script/1', { hosts: scripts });
    return firstEarned(planned.map(({ trouble }) => (trouble ? exitCodeOf(trouble) : exitCodes.asAsked)));
  });
