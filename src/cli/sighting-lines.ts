import type { Sighting } from '../operate/watch.ts';
import type { VerbContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { exitCodeOf, outcomeFindings } from './outcome-findings.ts';
import { differencesJson } from './plan-json.ts';
import { printFindings } from './print-findings.ts';
import { findingsJson } from './validate.ts';
import { differenceLines } from './verify.ts';

/** One change of a host's standing: as lines, or as one JSON object per line. */
export function tellSighting({ output }: VerbContext, host: string, sighting: Sighting): void {
  const at = new Date().toISOString();
  const findings = findingsOf(host, sighting);
  const differences = 'differences' in sighting ? sighting.differences : [];
  output.stream('vflane.watch/1', {
    at,
    host,
    state: sighting.kind,
    differences: differencesJson(differences),
    findings: findingsJson(findings),
  });
  output.result(`${at} ${host}: ${output.paint(colours[sighting.kind], wordsOf(sighting))}`);
  if (sighting.kind === 'differs')
    for (const line of differenceLines(differences)) output.result(`  ${line}`);
  printFindings(findings, {}, output);
}

function wordsOf(sighting: Sighting): string {
  if (sighting.kind !== 'not-applied') return words[sighting.kind];
  const { before, differences } = sighting;
  const what = before ? 'nothing of vflane’s is there any more' : 'never applied';
  const count = differences.length === 1 ? '1 thing differs' : `${differences.length} things differ`;
  return `${what}: ${count} from the file; run vflane apply (vflane plan shows it)`;
}

const words = {
  verified: 'as the file wants it',
  differs: 'not as the file wants it',
  'under-way': 'a plan is under way, or waits for its operator',
  lost: 'cannot be looked at',
} as const;

const colours = {
  verified: 'green',
  differs: 'red',
  'not-applied': 'yellow',
  'under-way': 'yellow',
  lost: 'red',
} as const;

function findingsOf(host: string, sighting: Sighting) {
  if (sighting.kind === 'verified') return [];
  return sighting.kind === 'lost' ? outcomeFindings(host, sighting.trouble) : sighting.findings;
}

/** The exit code for the last sighting of a host. */
export function exitCodeOfSighting(sighting: Sighting): number {
  if (sighting.kind === 'lost') return exitCodeOf(sighting.trouble);
  return sighting.kind === 'verified' ? exitCodes.asAsked : exitCodes.differs;
}
