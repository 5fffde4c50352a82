import { approachOf, impossibleIn } from '../measure/export-text.ts';
import { type Figure, figuresOf } from '../measure/figures.ts';
import { hasInterval } from '../measure/median.ts';
import type { BenchRun } from '../measure/run-record.ts';
import { wireLimit } from '../measure/wire-limit.ts';
import type { Datapath } from '../model/fabric.ts';
import { type ReferenceRow, seedCells, seedFigures, seedLineBps, seedSource } from './seed-figures.ts';

/** A throughput in the seed's table, whoever measured it. Gb/s. */
export interface TableCell {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  readonly limit?: number;
}

/** A row of the seed's table: a way to share the card. */
export interface TableRow {
  readonly name: string;
  readonly source: string;
  /** The number of its section on the page; absent for the reference. */
  readonly number?: number;
  readonly datapath: Datapath;
  readonly cells: { readonly [cell: string]: TableCell };
  /** Why a cell is empty, if known. */
  readonly impossible?: { readonly [cell: string]: string };
  readonly pingMeanUs?: number;
  readonly pingMdevUs?: number;
}

/** The reference and every run of the suite `seed`; within an approach, the newest last. */
export function tableRows(runs: readonly BenchRun[]): readonly TableRow[] {
  const measured = runs.flatMap((run, at) => (run.suite.name === 'seed' ? [rowOfRun(run, at + 1)] : []));
  return [...seedFigures.map(rowOfReference), ...measured];
}

function rowOfReference({
  approach,
  datapath,
  gbps,
  pingMeanUs,
  pingMdevUs,
  tunnel,
}: ReferenceRow): TableRow {
  const around = { tunnel, tagged: tunnel === 'none' };
  const cells = seedCells.map((cell) => {
    const limit = wireLimit(seedLineBps, Number(cell.split('/')[0]), around) / 1e9;
    return [cell, { value: gbps[cell] ?? 0, limit }] as const;
  });
  return {
    name: approach,
    source: seedSource,
    datapath,
    cells: Object.fromEntries(cells),
    pingMeanUs,
    pingMdevUs,
  };
}

function rowOfRun(run: BenchRun, number: number): TableRow {
  const figures = new Map(figuresOf(run).map((figure) => [figure.key, figure]));
  const cells = seedCells.flatMap((cell) => {
    const figure = figures.get(`${cell} both`);
    return figure === undefined ? [] : [[cell, cellOf(figure)] as const];
  });
  const impossible = seedCells.flatMap((cell) => {
    const why = impossibleIn(run, `${cell} both`);
    return why === undefined ? [] : [[cell, why] as const];
  });
  const [mean, mdev] = [figures.get('ping mean'), figures.get('ping mdev')];
  return {
    ...{
      name: approachOf(run),
      source: run.id,
      number,
      datapath: run.ends[0].datapath,
      cells: Object.fromEntries(cells),
      impossible: Object.fromEntries(impossible),
    },
    ...(mean && { pingMeanUs: mean.median.median }),
    ...(mdev && { pingMdevUs: mdev.median.median }),
  };
}

function cellOf({ median, wireLimit: limit }: Figure): TableCell {
  const { low, high } = median;
  return {
    value: median.median,
    ...(hasInterval(median) && { low, high }),
    ...(limit !== undefined && { limit }),
  };
}
