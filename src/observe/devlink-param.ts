import type { HostReader } from '../host/host.ts';
import type { Seen } from '../model/unseen.ts';
import { seen } from './look.ts';

const name = 'esw_port_metadata';

/** One process for all cards. */
export function observeMetadata(reader: HostReader): Promise<Seen<{ readonly [pci: string]: boolean }>> {
  return seen(async () => {
    const { stdout } = await reader.query(['devlink', '-j', 'dev', 'param', 'show']);
    return parseSwitch(stdout, name);
  });
}

/**
 * Parses `devlink -j dev param show` for one switch, by PCI address, as it is at runtime (facts §2.3).
 * @throws SyntaxError, TypeError on any other text
 */
export function parseSwitch(stdout: string, wanted: string): { readonly [pci: string]: boolean } {
  const parsed: unknown = JSON.parse(stdout);
  const param = isRecord(parsed) ? parsed.param : undefined;
  if (!isRecord(param)) throw new TypeError('devlink printed no parameters');
  return Object.fromEntries(
    Object.entries(param).flatMap(([handle, list]) => {
      const pci = /^pci\/(.+)$/.exec(handle)?.[1];
      const value = pci === undefined ? undefined : runtimeValue(list, wanted);
      return pci === undefined || value === undefined ? [] : [[pci, value] as const];
    }),
  );
}

function runtimeValue(list: unknown, wanted: string): boolean | undefined {
  const found = records(list).find((param) => param.name === wanted);
  const value = records(found?.values).find(({ cmode }) => cmode === 'runtime')?.value;
  return typeof value === 'boolean' ? value : undefined;
}

function records(value: unknown): readonly { readonly [key: string]: unknown }[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
