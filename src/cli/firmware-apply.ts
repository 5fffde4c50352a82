import { planFirmware } from '../operate/plan-firmware.ts';
import type { VerbHandler } from './context.ts';
import { firmwareOptions, narrowedTo } from './firmware-options.ts';
import { planAndDo } from './plan-and-do.ts';

/** Writes to each card what is wanted of it, and looks again: "next" has it then, and what counts only later is said. */
export const run: VerbHandler = (context, [name], options) => {
  const asked = firmwareOptions(options);
  return planAndDo(narrowedTo(context, name), 'firmware', options, (site, host, _planning, fabric) =>
    planFirmware(site, fabric, host, asked),
  );
};
