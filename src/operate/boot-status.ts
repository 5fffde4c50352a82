import type { Fold } from '../apply/fold.ts';
import type { HostReader } from '../host/host.ts';
import { type BootReport, bootPlaces } from '../model/boot.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { ledgerKey } from '../model/ledger.ts';
import { readBootReport } from './boot-document.ts';

/**
 * Whether a host brings itself back, and the result of its last start. `mended`: it failed, and a plan was
 * applied since; `not-since`: the host was enabled after that start; `not-run`: it was enabled before, but vflane was not started.
 */
export type BootStatus =
  | { readonly kind: 'disabled' | 'not-since' | 'not-run' }
  | { readonly kind: 'as-asked' | 'failed' | 'mended'; readonly report: BootReport };

/** Reads two files of an enabled host, and nothing of any other. */
export async function bootStatus(reader: HostReader, { ledger, history }: Fold): Promise<BootStatus> {
  if (!ledger.entries.has(ledgerKey('boot-unit', bootPlaces.unit))) return { kind: 'disabled' };
  const bootId = (await reader.readFile('/proc/sys/kernel/random/boot_id')).trim();
  const report = readBootReport(await reader.readFile(bootPlaces.report).catch(() => ''));
  if (report?.bootId === bootId) {
    const isMended = history.some(
      ({ time, outcome }) => time >= report.time + report.tookMs && outcome === 'applied',
    );
    return { kind: report.outcome === 'failed' && isMended ? 'mended' : report.outcome, report };
  }
  const startedMs = await startOf(reader);
  const enabledMs = history.findLast(({ verb, outcome }) => verb === 'enable' && outcome === 'applied')?.time;
  return { kind: startedMs === undefined || (enabledMs ?? 0) >= startedMs ? 'not-since' : 'not-run' };
}

/** When the kernel started, in milliseconds since 1970 (proc_stat(5), btime). */
async function startOf(reader: HostReader): Promise<number | undefined> {
  const text = await reader.readFile('/proc/stat').catch(() => '');
  const seconds = /^btime (\d+)$/m.exec(text)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

/** A line for `vflane status`. */
export function bootWords(status: BootStatus): string {
  const words = {
    disabled: 'it is not brought back after a start (vflane enable)',
    'not-since': 'it is brought back at every start, from the next one on',
    'not-run': 'vflane-boot.service has not run since the last start, though it is enabled',
  };
  if (!('report' in status)) return words[status.kind];
  const { time, tookMs, outcome } = status.report;
  const when = `${new Date(time).toISOString()}, in ${(tookMs / 1000).toFixed(1)} s`;
  if (outcome === 'as-asked') return `it was brought back at its last start (${when})`;
  const since = status.kind === 'mended' ? '; a plan was applied since' : '';
  return `it was NOT brought back at its last start (${when})${since}`;
}

/** Why it did not come back. */
export function bootTroubles(host: string, status: BootStatus): readonly Finding[] {
  if (status.kind !== 'failed' && status.kind !== 'not-run') return [];
  const why = 'report' in status ? status.report.findings.filter(({ severity }) => severity === 'error') : [];
  const told = why.map(({ message }) => message.replace(`${host}: `, '')).join('; ');
  // The finding itself says what helps: with swapped ports, an apply would be the wrong thing.
  const hints = [...new Set(why.map(({ hint }) => hint))].join(' ');
  const what = status.kind === 'not-run' ? 'vflane-boot.service has not run' : told || 'see its log';
  return [
    finding(
      'VF2256',
      { host, at: bootPlaces.unit },
      `${host} did not come back by itself at its last start: ${what}`,
      hints || 'See journalctl -b -u vflane-boot; then systemctl restart vflane-boot, or vflane apply.',
    ),
  ];
}
