import type { HostReader } from '../host/host.ts';
import type { Firmware } from '../model/survey.ts';
import type { Seen } from '../model/unseen.ts';
import { seen } from './look.ts';

type Fields = { readonly [key: string]: unknown };

/** One process for all cards. */
export function observeFirmware(reader: HostReader): Promise<Seen<{ readonly [pci: string]: Firmware }>> {
  return seen(async () => parseDevlinkInfo((await reader.query(['devlink', '-j', 'dev', 'info'])).stdout));
}

/**
 * Parses `devlink -j dev info` (facts §2.3; iproute2 6.1 to 6.15, devlink/devlink.c): firmware by PCI address. What a driver
 * does not say is undefined.
 * @throws SyntaxError, TypeError on any other text
 */
export function parseDevlinkInfo(stdout: string): { readonly [pci: string]: Firmware } {
  const info = fields(JSON.parse(stdout)).info;
  if (typeof info !== 'object' || info === null) throw new TypeError('devlink printed no info');
  const entries = Object.entries(info).flatMap(([handle, about]) => {
    const pci = /^pci\/(.+)$/.exec(handle)?.[1];
    return pci === undefined ? [] : [[pci, firmwareOf(fields(fields(about).versions))] as const];
  });
  return Object.fromEntries(entries);
}

function firmwareOf(versions: Fields): Firmware {
  const [fixed, running, stored] = [versions.fixed, versions.running, versions.stored].map(fields);
  return {
    psid: text(fixed?.['fw.psid']),
    running: text(running?.['fw.version'] ?? running?.fw),
    stored: text(stored?.['fw.version'] ?? stored?.fw),
  };
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
