import type { HostReader } from '../host/host.ts';
import type { Survey } from '../model/survey.ts';
import { seen } from './look.ts';

/** The host's clock from two files, within a second; `now` is the clock of the asking machine. */
export function observeClock(reader: HostReader, now: () => number): Promise<Survey['clock']> {
  return seen(async () => {
    const btime = parseBootTime(await reader.readFile('/proc/stat'));
    const before = now();
    const uptimeS = parseUptime(await reader.readFile('/proc/uptime'));
    return { hostMs: Math.round((btime + uptimeS) * 1000), oursMs: Math.round((before + now()) / 2) };
  });
}

/** When it was booted, in seconds since 1970 (proc_stat(5)); this changes when the wall clock is set. @throws TypeError */
export function parseBootTime(text: string): number {
  const seconds = /^btime (\d+)$/m.exec(text)?.[1];
  if (seconds === undefined) throw new TypeError('/proc/stat has no btime');
  return Number(seconds);
}

/** Seconds since then (proc_uptime(5)). @throws TypeError */
export function parseUptime(text: string): number {
  const seconds = /^(\d+(?:\.\d+)?) /.exec(text)?.[1];
  if (seconds === undefined) throw new TypeError('/proc/uptime has no number');
  return Number(seconds);
}
