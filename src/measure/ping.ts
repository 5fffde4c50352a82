/** The summary of `ping`, with times in microseconds. */
export interface PingSummary {
  readonly sent: number;
  readonly received: number;
  readonly minUs: number;
  readonly meanUs: number;
  readonly maxUs: number;
  readonly mdevUs: number;
}

const counts = /^(\d{1,9}) packets transmitted, (\d{1,9}) received/m;
const times = /^rtt min\/avg\/max\/mdev = ([\d.]+)\/([\d.]+)\/([\d.]+)\/([\d.]+) ms/m;

/** The summary of iputils' ping; undefined if there is none, or nothing came back. */
export function parsePing(stdout: string): PingSummary | undefined {
  const [, sent, received] = counts.exec(stdout) ?? [];
  const [, min, mean, max, mdev] = times.exec(stdout) ?? [];
  const us = [min, mean, max, mdev].map((ms) => Math.round(Number(ms) * 1e6) / 1e3);
  const [minUs = Number.NaN, meanUs = Number.NaN, maxUs = Number.NaN, mdevUs = Number.NaN] = us;
  const all = { sent: Number(sent), received: Number(received), minUs, meanUs, maxUs, mdevUs };
  return Object.values(all).every(Number.isFinite) ? all : undefined;
}

/**
 * ping measures by the clock that can be set. If that is set back, it says so on stderr; if forward, the result is an answer
 * that took longer than ping itself ran, or a sum of squares that overflows (iputils, ping_common.c, gather_statistics and finish).
 */
export function clockWasSet(stdout: string, stderr: string, ranMs: number): boolean {
  const maxUs = parsePing(stdout)?.maxUs ?? 0;
  return maxUs > 1000 * ranMs || /^rtt .* = .*-\d/m.test(stdout) || /time of day goes back/.test(stderr);
}
