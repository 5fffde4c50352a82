import { isUnseen } from '../model/unseen.ts';
import { isThreaded } from './iperf3.ts';
import type { BenchRun, RunEnd } from './run-record.ts';

/** Why the figures of two runs are not comparable; empty if nothing is known against it. */
export function differencesOf(a: BenchRun, b: BenchRun): readonly string[] {
  const ends = ([0, 1] as const).flatMap((at) => [
    ...kernels(at, a.ends[at], b.ends[at]),
    ...iperf3(at, a.ends[at], b.ends[at]),
  ]);
  return [...new Set(ends), ...pinnings(a, b), ...lengths(a, b), ...mtus(a, b)];
}

const which = ['first', 'second'] as const;

function kernels(at: 0 | 1, { before: a }: RunEnd, { before: b }: RunEnd): readonly string[] {
  return a.kernel === b.kernel ? [] : [`the kernel of the ${which[at]} end: ${a.kernel} and ${b.kernel}`];
}

function iperf3(at: 0 | 1, { before: a }: RunEnd, { before: b }: RunEnd): readonly string[] {
  const [left, right] = [a.iperf3, b.iperf3];
  const what = `iperf3 at the ${which[at]} end`;
  if (isUnseen(left) || isUnseen(right)) return [`${what}: its version is not known`];
  return isThreaded(left) === isThreaded(right)
    ? []
    : [`${what}: ${left} and ${right}; from 3.16 on each stream has a thread of its own`];
}

function pinnings({ cpus: a }: BenchRun, { cpus: b }: BenchRun): readonly string[] {
  const text = (cpus: readonly number[]) => (cpus.length === 0 ? 'none' : cpus.join(','));
  return text(a) === text(b) ? [] : [`the CPUs that were used: ${text(a)} and ${text(b)}`];
}

function lengths({ suite: a }: BenchRun, { suite: b }: BenchRun): readonly string[] {
  const text = ({ seconds, omitSeconds }: BenchRun['suite']) => `${seconds} s after ${omitSeconds} s`;
  return text(a) === text(b) ? [] : [`how long iperf3 measured: ${text(a)} and ${text(b)}`];
}

function mtus({ suite: a }: BenchRun, { suite: b }: BenchRun): readonly string[] {
  const text = ({ mtuBy = 'segments' }: BenchRun['suite']) =>
    mtuBy === 'netdev' ? 'the guests’ netdevs' : 'TCP’s segments';
  return text(a) === text(b) ? [] : [`what was made smaller for a smaller MTU: ${text(a)} and ${text(b)}`];
}
