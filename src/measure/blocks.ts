import type { Cell, Suite } from './suite.ts';

export interface PlannedTurn {
  readonly cell: Cell;
  readonly run: number;
}

/** Consecutive turns with one MTU of the guests. */
export interface Block {
  /** Bytes; undefined for the guests' own. */
  readonly mtu: number | undefined;
  readonly turns: readonly PlannedTurn[];
}

/** All turns of all cells, in the order in which they are run, between guests whose own MTU is `own`. */
export function blocksOf(suite: Suite, own: number): readonly Block[] {
  const numbers = Array.from({ length: suite.runs }, (_, at) => at + 1);
  const mtus = mtusOf(suite, own);
  if (!suite.interleaved)
    return merged(suite.cells.map((cell) => blockOf(suite, own, mtuOf(suite, cell, own), numbers, [cell])));
  if (mtus.length === 1) return [blockOf(suite, own, mtus[0], numbers)];
  // There and back, so that whatever drifts with time affects small and large MTUs alike.
  const half = Math.ceil(suite.runs / 2);
  return merged([
    ...mtus.map((mtu) => blockOf(suite, own, mtu, numbers.slice(0, half))),
    ...mtus.toReversed().map((mtu) => blockOf(suite, own, mtu, numbers.slice(half))),
  ]);
}

/** The smallest first, the guests' own last. */
function mtusOf(suite: Suite, own: number): readonly (number | undefined)[] {
  const all = [...new Set(suite.cells.map((cell) => mtuOf(suite, cell, own)))];
  return all.toSorted((a = Number.POSITIVE_INFINITY, b = Number.POSITIVE_INFINITY) => (a < b ? -1 : 1));
}

function mtuOf({ mtuBy }: Suite, cell: Cell, own: number): number | undefined {
  return mtuBy === 'netdev' && cell.kind === 'throughput' && cell.mtu < own ? cell.mtu : undefined;
}

/** Every other round goes backwards, so that the neighbours in time differ. */
function blockOf(
  suite: Suite,
  own: number,
  mtu: number | undefined,
  numbers: readonly number[],
  among = suite.cells,
): Block {
  const cells = among.filter((cell) => mtuOf(suite, cell, own) === mtu);
  const turns = numbers.flatMap((run) =>
    (run % 2 ? cells : cells.toReversed()).map((cell) => ({ cell, run })),
  );
  return { mtu, turns };
}

function merged(blocks: readonly Block[]): readonly Block[] {
  const done: { readonly mtu: Block['mtu']; readonly turns: PlannedTurn[] }[] = [];
  for (const { mtu, turns } of blocks) {
    const last = done.at(-1);
    if (last !== undefined && last.mtu === mtu) last.turns.push(...turns);
    else if (turns.length > 0) done.push({ mtu, turns: [...turns] });
  }
  return done;
}
