import type { Found } from '../model/found.ts';
import { sameJson } from '../model/json.ts';
import { comment, scalar } from './yaml-lines.ts';

/** The lines of `as-found`: consecutive VFs of one port with the same value share a line. */
export function foundLines(found: readonly Found[], indent: string): readonly string[] {
  if (found.length === 0) return [];
  const kinds = [...new Set(found.map(({ resource }) => resource))];
  return [
    ...comment(
      'Set up by hand, and left as it was found (null: not there). Remove a line, and `vflane plan` says what it would change.',
      indent,
    ),
    `${indent}as-found:`,
    ...kinds.flatMap((kind) => [
      `${indent}  ${scalar(kind)}:`,
      ...runsOf(found.filter(({ resource }) => resource === kind)).map(
        ({ at, value }) => `${indent}    ${JSON.stringify(at)}: ${valueText(value)}`,
      ),
    ]),
  ];
}

function valueText(value: Found['value']): string {
  return typeof value === 'string' ? scalar(value) : JSON.stringify(value);
}

const vfPlace = /^([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])\/(\d+)$/;

interface Run {
  readonly pf: string;
  readonly first: number;
  readonly last: number;
  readonly value: Found['value'];
}

function runsOf(found: readonly Found[]): readonly Pick<Found, 'at' | 'value'>[] {
  const others = found.filter(({ at }) => !vfPlace.test(at));
  const runs: Run[] = [];
  for (const { at, value } of found) {
    const [, pf, digits] = vfPlace.exec(at) ?? [];
    if (pf === undefined) continue;
    const index = Number(digits);
    const last = runs.at(-1);
    const goesOn = last?.pf === pf && last.last + 1 === index && sameJson(last.value, value);
    if (last && goesOn) runs[runs.length - 1] = { ...last, last: index };
    else runs.push({ pf, first: index, last: index, value });
  }
  const ofVfs = runs.map(({ pf, first, last, value }) => {
    return { at: `${pf}/${first}${first === last ? '' : `-${last}`}`, value };
  });
  return [...others, ...ofVfs];
}
