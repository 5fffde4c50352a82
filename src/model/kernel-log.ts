import type { LogLine } from './survey.ts';

/** Reads either form. @throws TypeError on JSON of another shape */
export function parseDmesg(stdout: string): readonly LogLine[] {
  if (!stdout.trimStart().startsWith('{')) return parseDmesgText(stdout);
  const parsed = JSON.parse(stdout) as { readonly dmesg?: unknown };
  if (!Array.isArray(parsed.dmesg)) throw new TypeError('dmesg --json printed no list');
  return parsed.dmesg.flatMap((entry: unknown) => {
    const { time, msg } = (entry ?? {}) as { readonly time?: unknown; readonly msg?: unknown };
    return typeof msg === 'string' ? [{ atS: typeof time === 'number' ? time : undefined, text: msg }] : [];
  });
}

/** `[   12.345678] text`; without a time if the kernel prints none (printk.time=0). */
export function parseDmesgText(stdout: string): readonly LogLine[] {
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, time, text] = /^(?:<\d+>)?\[\s*(\d+\.\d+)\] ?(.*)$/.exec(line) ?? [];
      return time === undefined || text === undefined
        ? { atS: undefined, text: line }
        : { atS: Number(time), text };
    });
}
