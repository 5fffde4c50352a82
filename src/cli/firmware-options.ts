import type { FirmwareOptions } from '../operate/plan-firmware.ts';
import type { VerbContext, VerbOptions } from './context.ts';
import { numberOption } from './number-option.ts';
import { UsageError } from './usage-error.ts';

/** The limit of every card’s firmware, whatever its model. */
const mostVfs = 1024;

/** @throws UsageError */
export function firmwareOptions(options: VerbOptions): FirmwareOptions {
  const { image, reset } = options;
  if (image !== undefined && (typeof image !== 'string' || !isPath(image)))
    throw new UsageError(
      `--image ${String(image)} is not a path from the root on`,
      'The image is read on the host, not here: copy it there (scp fw.bin root@HOST:/root/), then --image /root/fw.bin.',
    );
  const count = numberOption(options, 'vfs', 1, mostVfs);
  if (count.vfs !== undefined && !Number.isInteger(count.vfs))
    throw new UsageError(`--vfs ${count.vfs} is none`, `Give a whole number from 1 to ${mostVfs}.`);
  return { ...count, ...(image === undefined ? {} : { image }), reset: reset === true };
}

/** Below /dev, /proc and /sys, opening a file may have an effect. */
function isPath(text: string): boolean {
  return /^\/[^\0\n]+$/.test(text) && !/^\/+(dev|proc|sys)(\/|$)|(^|\/)\.\.(\/|$)/.test(text);
}

/** The same context with only the host of `[host]`, if one is given. */
export function narrowedTo(context: VerbContext, name: string | undefined): VerbContext {
  if (name === undefined) return context;
  return { ...context, global: { ...context.global, host: [...context.global.host, name] } };
}
