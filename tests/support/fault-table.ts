/** What was done to one plan. */
export interface Counts {
  readonly group: string;
  readonly trip: string;
  readonly commands: number;
  readonly tried: number;
  /** How the runs ended, with the number of each. */
  readonly endings: ReadonlyMap<string, number>;
}

/** A line per plan and a sum per group, so that nothing left out can hide. */
export function tableOf(counts: readonly Counts[]): string {
  const groups = [...new Set(counts.map(({ group }) => group))];
  return groups.flatMap((group) => linesOf(group, counts)).join('\n');
}

function linesOf(group: string, counts: readonly Counts[]): readonly string[] {
  const mine = counts.filter((one) => one.group === group);
  const commands = mine.reduce((sum, one) => sum + one.commands, 0);
  const tried = mine.reduce((sum, one) => sum + one.tried, 0);
  const all = new Map<string, number>();
  for (const [ending, count] of mine.flatMap(({ endings }) => [...endings])) {
    all.set(ending, (all.get(ending) ?? 0) + count);
  }
  return [
    `${group}: ${mine.length} plans, ${commands} commands, ${tried} faults tried: ${inWords(all)}`,
    ...mine.map(
      (one) => `  ${one.trip}: ${one.commands} commands, ${one.tried} faults: ${inWords(one.endings)}`,
    ),
  ];
}

function inWords(endings: ReadonlyMap<string, number>): string {
  return [...endings].map(([ending, count]) => `${count} ${ending}`).join(', ');
}
