import type { BenchRun, NetdevSurroundings, RunEnd, Said } from '../measure/run-record.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import { headOf, tableOf } from './bench-lines.ts';
import { runJson } from './bench-progress.ts';
import { benchFolder, withRuns } from './bench-runs.ts';
import type { VerbContext, VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { oneLine } from './one-line.ts';

const schema = 'vflane.bench-show/1';

/** A stored benchmark, and what it was measured on. */
export const run: VerbHandler = async (context, [name = 'last']) =>
  withRuns(context, schema, [name], (...runs) => {
    for (const one of runs) show(context, one);
    return exitCodes.asAsked;
  });

function show(context: VerbContext, run: BenchRun): void {
  const { output } = context;
  const lines = [
    ...headOf(run),
    ...tableOf(run, output),
    '',
    ...run.ends.flatMap(endLines),
    ...failures(run),
  ];
  for (const line of lines) output.result(line);
  output.result(`raw output: ${benchFolder(context)}/${run.id}/raw`);
  output.json(schema, runJson(run));
}

function endLines({ name, host, address, before, after }: RunEnd): readonly string[] {
  const { kernel, cpu, governor, iperf3, ovs, netdevs } = before;
  return [
    `${name} on ${host}, ${address}:`,
    `  kernel ${kernel}, iperf3 ${textOf(iperf3)}, Open vSwitch ${textOf(ovs)}`,
    `  CPU ${textOf(cpu)}, governor ${textOf(governor)}`,
    ...Object.entries(netdevs).flatMap(([netdev, seen]) => netdevLines(netdev, seen, after?.netdevs[netdev])),
  ];
}

function textOf(seen: Seen<string | number>): string {
  return isUnseen(seen) ? 'unknown' : `${seen}`;
}

function netdevLines(
  name: string,
  before: NetdevSurroundings,
  after?: NetdevSurroundings,
): readonly string[] {
  const { driver, channels, rings, coalescing } = before;
  return [
    `  ${name}: ${of(driver, 'driver')} ${of(driver, 'version')}, firmware ${of(driver, 'firmware-version')}, ${textOf(before.speedMbps)} Mb/s`,
    `    channels ${of(channels, 'Combined')}, rings ${both(rings, 'RX', 'TX')}, coalescing ${both(coalescing, 'rx-usecs', 'tx-usecs', ' µs')}`,
    ...changes(before, after),
  ];
}

function of(said: Seen<Said>, key: string): string {
  return isUnseen(said) ? 'unknown' : (said[key] ?? 'none');
}

/** What a card lacks in both directions is reported once. */
function both(said: Seen<Said>, rx: string, tx: string, unit = ''): string {
  const [first, second] = [of(said, rx), of(said, tx)];
  const isNumber = /^\d+$/.test(first);
  return first === second && !isNumber ? first : `${first} and ${second}${unit}`;
}

/** Settings that had changed by the end. */
function changes(before: NetdevSurroundings, after?: NetdevSurroundings): readonly string[] {
  if (after === undefined) return [];
  const parts = ['driver', 'channels', 'rings', 'coalescing', 'features'] as const;
  return parts.flatMap((part) => {
    const [was, is] = [before[part], after[part]];
    if (isUnseen(was) || isUnseen(is)) return [];
    const keys = Object.keys({ ...was, ...is }).filter((key) => was[key] !== is[key]);
    return keys.map(
      (key) => `    changed meanwhile: ${key}: ${was[key] ?? 'none'}, then ${is[key] ?? 'none'}`,
    );
  });
}

function failures({ turns }: BenchRun): readonly string[] {
  return turns.flatMap(({ failed, at }) =>
    failed === undefined ? [] : [`failed at ${at}: ${oneLine(failed)}`],
  );
}
