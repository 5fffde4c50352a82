import { HostError, type HostReader } from '../host/host.ts';
import type { KernelConfig } from '../model/survey.ts';
import type { Seen } from '../model/unseen.ts';
import { seen } from './look.ts';

const running = '/proc/config.gz';

/** How the kernel was built: Debian's file beside the kernel, else what the kernel itself carries (CONFIG_IKCONFIG_PROC). */
export function observeConfig(reader: HostReader, release: string): Promise<Seen<KernelConfig>> {
  const path = `/boot/config-${release}`;
  return seen(async () => {
    try {
      return { path, options: parseKernelConfig(await reader.readFile(path)) };
    } catch (error) {
      if (!(error instanceof HostError) || error.details.kind !== 'errno') throw error;
      const { stdout } = await reader.query(['zcat', running]);
      return { path: running, options: parseKernelConfig(stdout) };
    }
  });
}

/**
 * Parses a kernel's .config (Documentation/kbuild/kconfig.rst): what is `y` or `m`.
 * @throws TypeError on any other text: an empty file must not pass for a kernel without options
 */
export function parseKernelConfig(text: string): KernelConfig['options'] {
  const lines = [...text.matchAll(/^CONFIG_([A-Za-z0-9_]+)=([ym])\r?$/gm)];
  if (lines.length === 0) throw new TypeError('no kernel configuration: not one option is set in it');
  return Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value]));
}
