import type { FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import { lookAtFirmware } from '../operate/look-firmware.ts';
import { planFirmware } from '../operate/plan-firmware.ts';
import type { Site } from '../operate/site.ts';
import { pendingFindings } from '../plan/firmware-notice.ts';
import type { VerbHandler } from './context.ts';
import { firmwareOptions, narrowedTo } from './firmware-options.ts';
import { planAndDo } from './plan-and-do.ts';

/** Writes what is wanted to each card, and looks again: "next" then has it, and what takes effect only later is reported. */
export const run: VerbHandler = (context, [name], options) => {
  const asked = firmwareOptions(options);
  return planAndDo(
    narrowedTo(context, name),
    'firmware',
    options,
    (site, host, _planning, fabric) => planFirmware(site, fabric, host, asked),
    pendingNow,
  );
};

/** What was written to the card but is not in effect yet, even after a plan that was taken back. */
async function pendingNow(site: Site, host: FabricHost): Promise<readonly Finding[]> {
  const { cards } = await lookAtFirmware(site, host.nic.kind === 'pfs' ? host.nic.pfs : []);
  return pendingFindings({ host, cards }, []);
}
