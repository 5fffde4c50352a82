import type { HostReader } from '../host/host.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import type { BusyCores } from './run-record.ts';

/** The sum over all CPUs since the start of the machine, in ticks. */
export interface CpuTicks {
  readonly all: number;
  readonly idle: number;
  readonly softirq: number;
  readonly cpus: number;
}

/** The first lines of /proc/stat (proc_stat(5)): user nice system idle iowait irq softirq steal guest guest_nice. */
export function parseCpuTicks(text: string): CpuTicks | undefined {
  const words = /^cpu +([\d ]+)$/m.exec(text)?.[1]?.trim().split(/ +/).map(Number) ?? [];
  const [user, nice, system, idle, iowait, irq, softirq, steal = 0] = words;
  const told = [user, nice, system, idle, iowait, irq, softirq].map((ticks) => ticks ?? Number.NaN);
  const all = told.reduce((sum, ticks) => sum + ticks, steal);
  if (!Number.isFinite(all)) return undefined;
  const cpus = text.match(/^cpu\d+ /gm)?.length ?? 0;
  return { all, idle: (idle ?? 0) + (iowait ?? 0), softirq: softirq ?? 0, cpus };
}

export async function readCpuTicks(reader: HostReader): Promise<Seen<CpuTicks>> {
  try {
    return parseCpuTicks(await reader.readFile('/proc/stat')) ?? { unseen: '/proc/stat has an unknown form' };
  } catch (error) {
    return { unseen: error instanceof Error ? error.message : String(error) };
  }
}

/** How many cores' worth of CPU was busy between two looks. */
export function busyCores(before: Seen<CpuTicks>, after: Seen<CpuTicks>): Seen<BusyCores> {
  if (isUnseen(before)) return before;
  if (isUnseen(after)) return after;
  const all = after.all - before.all;
  if (all <= 0) return { unseen: 'no time has passed' };
  const share = (ticks: number) => Math.round((ticks / all) * after.cpus * 100) / 100;
  return { busy: share(all - (after.idle - before.idle)), softirq: share(after.softirq - before.softirq) };
}
