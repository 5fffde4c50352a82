import type { TurnTold } from '../measure/bench.ts';
import { figuresOf } from '../measure/figures.ts';
import { percentileOf } from '../measure/round-trips.ts';
import type { BenchRun, Turn } from '../measure/run-record.ts';
import { cellName } from '../measure/suite.ts';
import type { Json } from '../model/json.ts';
import { oneLine } from './one-line.ts';

/** ` 3/30 9000/6 both: 41.2 + 40.9 Gb/s  (0:34 of about 3:20)`. */
export function progressLine({ turn, n, of, elapsedMs, expectedMs }: TurnTold): string {
  const place = `${`${n}`.padStart(`${of}`.length)}/${of}`;
  return `${place} ${cellName(turn.cell)}: ${inBrief(turn)}  (${clock(elapsedMs)} of about ${clock(expectedMs)})`;
}

function inBrief({ failed, flows, ping, roundTrips }: Turn): string {
  if (failed !== undefined) return `failed: ${oneLine(failed)}`;
  if (flows)
    return `${flows.map(({ bitsPerSecond }) => (bitsPerSecond / 1e9).toPrecision(3)).join(' + ')} Gb/s`;
  if (ping) return `${ping.meanUs} µs mean, ${ping.mdevUs} µs mdev${lossOf(ping)}`;
  return roundTrips ? `${percentileOf(roundTrips, 50)} µs in the median` : 'nothing';
}

function lossOf({ sent, received }: NonNullable<Turn['ping']>): string {
  return sent === received ? '' : `, ${sent - received} of ${sent} lost`;
}

function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${`${seconds % 60}`.padStart(2, '0')}`;
}

export function turnJson({ turn, n, of, elapsedMs, expectedMs }: TurnTold): { readonly [key: string]: Json } {
  const times = { elapsedMs: Math.round(elapsedMs), expectedMs: Math.round(expectedMs) };
  return { event: 'turn', n, of, ...times, turn: plain(turn) };
}

/** A run with the figures that follow from it. */
export function runJson(run: BenchRun): { readonly [key: string]: Json } {
  return { event: 'run', run: plain(run), figures: plain(figuresOf(run)) };
}

function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
