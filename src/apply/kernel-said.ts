import { HostError, type HostReader } from '../host/host.ts';
import { parseDmesg } from '../model/kernel-log.ts';
import { kernelWordsFor } from '../model/kernel-words.ts';
import type { KernelSaid } from '../model/outcome.ts';
import type { LogLine } from '../model/survey.ts';

/** The kernel stamps its log by a different clock than its uptime; the two drift apart (NTP, some 10 ppm). */
const drift = 5e-5;
const slackS = 0.25;
/** A failing step has a handful of lines; more would hide them. */
const mostLines = 6;
const timeoutMs = 5000;

/**
 * What the kernel logged in the last `sinceMs` milliseconds that may concern a failure: one process, and only after one. A log
 * that cannot be read yields nothing; the failure is reported all the same.
 */
export async function kernelSaid(reader: HostReader, sinceMs: number): Promise<readonly KernelSaid[]> {
  try {
    const uptimeS = Number.parseFloat(await reader.readFile('/proc/uptime'));
    const { stdout } = await reader.query(['dmesg', '--json'], timeoutMs);
    return relevantIn(parseDmesg(stdout), uptimeS - sinceMs / 1000 - slackS - uptimeS * drift);
  } catch (error) {
    const isExpected =
      error instanceof HostError || error instanceof SyntaxError || error instanceof TypeError;
    if (!isExpected) throw error;
    return [];
  }
}

/** The parts of the kernel that log about cards, VFs and their bonds. */
const about = /mlx5|igb|vfio|bond|SR-IOV|\bpci |pcieport|openvswitch|ovs-vswitchd|hugepage|EAL/i;

export function relevantIn(lines: readonly LogLine[], fromS: number): readonly KernelSaid[] {
  const meanwhile = lines.filter(({ atS }) => atS !== undefined && atS >= fromS);
  const said = meanwhile.flatMap(({ text }): readonly KernelSaid[] => {
    const known = kernelWordsFor(text);
    if (known) return [{ line: text, means: known.means, code: known.code }];
    return about.test(text) ? [{ line: text }] : [];
  });
  const meant = said.filter(({ means }) => means !== undefined);
  return (meant.length > 0 ? meant : said).slice(-mostLines);
}
