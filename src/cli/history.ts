import type { HistoryEntry } from '../apply/folding.ts';
import type { VerbHandler } from './context.ts';
import { firstEarned } from './exit-codes.ts';
import { withFleet } from './fleet.ts';
import { exitCodeOf } from './outcome-findings.ts';
import { printFindings } from './print-findings.ts';
import { findingsOf } from './troubles.ts';
import { findingsJson } from './validate.ts';

/** What vflane has done on each host, newest last. */
export const run: VerbHandler = (context) =>
  withFleet(context, 'vflane.history/1', async (fleet) => {
    const told = await fleet.onEach(async (site) => (await site.fold()).history);
    const findings = findingsOf(told);
    for (const { host, value } of told) {
      if (value?.length === 0) context.output.result(`${host}: nothing was ever done`);
      for (const entry of value ?? []) context.output.result(`${host}: ${lineOf(entry)}`);
    }
    printFindings(findings, fleet.sources, context.output);
    const hosts = told.map(({ host, value = [] }) => ({ host, plans: value.map(entryJson) }));
    context.output.json('vflane.history/1', { hosts, findings: findingsJson(findings) });
    return firstEarned(told.map(({ trouble }) => (trouble ? exitCodeOf(trouble) : 0)));
  });

function lineOf({ id, verb, time, outcome, steps, summary }: HistoryEntry): string {
  const when = new Date(time).toISOString().replace('T', ' ').slice(0, 19);
  return `${when} ${id} ${verb}: ${outcome}, ${steps} steps${summary ? ` (${summary})` : ''}`;
}

function entryJson({ id, verb, time, outcome, steps, summary }: HistoryEntry) {
  return { id, verb, time: new Date(time).toISOString(), outcome, steps, summary };
}
