import { describe, expect, test } from 'vitest';
import type { Datapath } from '../src/model/fabric.ts';
import { carriedOut, type Line } from './support/seed/carried-out.ts';
import { chapters } from './support/seed/chapters.ts';
import { moved, type Rule, rules } from './support/seed/order.ts';
import type { Pattern, SeedCommand } from './support/seed/row.ts';

/** The plan keeps every order that matters; wherever it differs from the log, a reason says why that is allowed. */

const datapaths = ['legacy-vlan', 'ovs-tc', 'ovs-dpdk'] as const;
const out = new Map<Datapath, readonly Line[]>();
for (const datapath of datapaths) out.set(datapath, (await carriedOut(datapath)).lines);

function linesOf(datapath: Datapath): readonly Line[] {
  return out.get(datapath) ?? [];
}

function placesOf(lines: readonly Line[], form: RegExp): readonly number[] {
  return lines.flatMap(({ text }, place) => (form.test(text) ? [place] : []));
}

describe.each(datapaths)('%s', (datapath) => {
  test.each(rules.filter(({ on }) => on.includes(datapath)))(
    '$early before $late: $why',
    ({ early, late }: Rule) => {
      const [before, after] = [placesOf(linesOf(datapath), early), placesOf(linesOf(datapath), late)];
      expect({ before: before.length > 0, after: after.length > 0 }).toEqual({ before: true, after: true });
      expect(Math.max(...before)).toBeLessThan(Math.min(...after));
    },
  );

  test('everything without a reason to be elsewhere is in the log’s order', () => {
    const elsewhere = Object.keys(moved[datapath]);
    const swaps = swapped(datapath);
    expect(swaps.filter((pair) => !pair.some((kind) => elsewhere.includes(kind)))).toEqual([]);
    // A reason that is no longer needed must go.
    expect(elsewhere.filter((kind) => !swaps.some((pair) => pair.includes(kind)))).toEqual([]);
  });
});

/** The place of a command in the plan, and its kind of step; undefined if the plan does not do it. */
function doneAt(lines: readonly Line[], { fate }: SeedCommand) {
  const [form] = fate.kind === 'planned' || fate.kind === 'better' ? fate.by : [];
  const place = form === undefined ? -1 : lines.findIndex(({ text }) => fits(form, text));
  const line = lines[place];
  return line && { place, resource: line.resource };
}

function fits(pattern: Pattern, text: string): boolean {
  return typeof pattern === 'string' ? pattern === text : pattern.test(text);
}

/** Pairs of kinds whose order differs between the plan and the log. */
function swapped(datapath: Datapath): readonly (readonly [string, string])[] {
  const lines = linesOf(datapath);
  const typed = chapters
    .filter((chapter) => chapter.datapath === datapath)
    .flatMap(({ commands }) => commands);
  const done = typed.flatMap((command) => doneAt(lines, command) ?? []);
  return done.flatMap((early, place) =>
    done
      .slice(place + 1)
      .filter((late) => late.place < early.place && late.resource !== early.resource)
      .map((late) => [late.resource, early.resource] as const),
  );
}
