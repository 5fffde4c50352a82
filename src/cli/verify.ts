import { type Json, sameJson } from '../model/json.ts';
import type { PerHost } from '../operate/hosts.ts';
import type { HostPlan } from '../operate/plan-host.ts';
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

/** 0 where every host was looked at and is as the file wants it, else 2. */
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

/** What is not as wanted, a line a place. */
export function differenceLines(differences: readonly Difference[]): readonly string[] {
  return differences.map(({ resource, at, have, want }) => `${resource} ${at} ${apart(have, want)}`);
}

function apart(have: Json, want: Json): string {
  if (Array.isArray(want) && Array.isArray(have)) return lists(have, want);
  if (isRecord(want) && isRecord(have)) return records(have, want);
  if (isLong(have) && isLong(want)) return texts(have.split('\n'), want.split('\n'));
  return `is ${words(have)}, wanted ${words(want)}`;
}

function isLong(value: Json): value is string {
  return typeof value === 'string' && value.trimEnd().includes('\n');
}

/** Of two files the first line that is apart: their beginnings are mostly the same. */
function texts(have: readonly string[], want: readonly string[]): string {
  const at = want.findIndex((line, n) => line !== have[n]);
  const n = at < 0 ? want.length : at;
  const line = (of: readonly string[]) => clipped(JSON.stringify(of[n] ?? 'its end'));
  return `has in line ${n + 1} ${line(have)}, wanted ${line(want)}`;
}

type Record = { readonly [key: string]: Json };

function isRecord(value: Json): value is Record {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of two records, too: a port of a bridge has eight settings, and one of them says why it does not work. */
function records(have: Record, want: Record): string {
  const keys = [...new Set([...Object.keys(want), ...Object.keys(have)])];
  return keys
    .filter((key) => !sameJson(have[key] ?? null, want[key] ?? null))
    .map((key) => keyApart(key, have[key] ?? null, want[key] ?? null))
    .join('; ');
}

function keyApart(key: string, have: Json, want: Json): string {
  if (key === userData && have !== null && want !== null) return 'has another user-data';
  if (isLong(have) && isLong(want)) return `${texts(have.split('\n'), want.split('\n'))} of ${key}`;
  return `has ${key} ${words(have)}, wanted ${words(want)}`;
}

/** Of two lists only what is apart: a bridge may have thousands of flows. */
function lists(have: readonly Json[], want: readonly Json[]): string {
  const [lacks, extra] = [without(want, have), without(have, want)];
  const told = [
    ...(lacks.length === 0 ? [] : [`lacks ${some(lacks)}`]),
    ...(extra.length === 0 ? [] : [`has besides ${some(extra)}`]),
  ];
  return told.length === 0 ? 'is in another order' : told.join(', and ');
}

function without(list: readonly Json[], other: readonly Json[]): readonly Json[] {
  return list.filter((item) => !other.some((one) => sameJson(one, item)));
}

const listShown = 3;

function some(list: readonly Json[]): string {
  const shown = list.slice(0, listShown).map(words).join(', ');
  return list.length > listShown ? `${shown} and ${list.length - listShown} more` : shown;
}

function whyNot(differences: number): string {
  if (differences === 0) return ': it could not be looked at, or is not ready';
  return differences === 1 ? ', 1 difference' : `, ${differences} differences`;
}

function words(value: Json): string {
  if (value === null) return 'not there';
  if (Array.isArray(value)) return `[${some(value)}]`;
  if (value === '') return 'none';
  return typeof value === 'string' ? short(value) : clipped(JSON.stringify(shortened(value)));
}

/** What a guest's cloud-init is given (`vm-seed`): it may hold passwords. */
const userData = 'user-data';

/** What is said of one place is a line, not a screen. */
const longest = 400;

function clipped(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}… (--json has all of it)`;
}

/** A file's text is told by its first line. */
function short(text: string): string {
  const lines = text.trimEnd().split('\n');
  return lines.length === 1 ? clipped(text) : `${lines[0]} … (${lines.length} lines)`;
}

function shortened(value: Json): Json {
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      if (key === userData) return [key, 'not shown'];
      return [key, typeof one === 'string' ? short(one) : one];
    }),
  );
}
