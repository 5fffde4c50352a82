import { datapaths } from '../datapath/datapath.ts';
import type { Fabric, FabricHost } from '../model/fabric.ts';
import { observeImage } from '../observe/firmware.ts';
import { byPlace } from '../plan/by-place.ts';
import { adviceFindings } from '../plan/firmware-advice.ts';
import type { FirmwareAsked, FirmwareCard } from '../plan/firmware-asked.ts';
import { lookFindings } from '../plan/firmware-findings.ts';
import { pendingFindings } from '../plan/firmware-notice.ts';
import { firmwareWants } from '../plan/firmware-wants.ts';
import { planFor } from '../plan/plan.ts';
import { lookAtFirmware } from './look-firmware.ts';
import type { HostPlan } from './plan-host.ts';
import type { Site } from './site.ts';
import { waiting } from './waiting.ts';

export interface FirmwareOptions {
  /** Path of an image on the host. */
  readonly image?: string;
  /** NUM_OF_VFS is to be exactly this. */
  readonly vfs?: number;
  /** Resets the cards at the end, if nothing uses them. */
  readonly reset: boolean;
}

export interface FirmwarePlan extends HostPlan {
  readonly cards: readonly FirmwareCard[];
}

/** The plan for a host's cards, by its part of the file. Nothing else on the host is looked at closely, or changed. */
export async function planFirmware(
  site: Site,
  fabric: Fabric,
  host: FabricHost,
  options: FirmwareOptions,
): Promise<FirmwarePlan> {
  const expand = datapaths[host.datapath];
  const named = host.nic.kind === 'pfs' ? host.nic.pfs : [];
  const look = await lookAtFirmware(site, named, ({ ledger }) => expand(fabric, host, ledger));
  const { state, fold, cards, lockdown, verbsUsers } = look;
  const spec = expand(fabric, host, fold.ledger);
  const { image: file, vfs, reset } = options;
  const image = file === undefined ? {} : { image: { file, is: await observeImage(site.reader, file) } };
  const asked: FirmwareAsked = {
    ...{ fabric, host, spec, state, ledger: fold.ledger, cards, lockdown, verbsUsers, reset },
    ...image,
    ...(vfs === undefined ? {} : { vfs }),
  };
  const { plan, differences } = planned(asked);
  const findings = [...waiting(host.name, fold, state), ...plan.findings];
  return { plan: { ...plan, findings }, differences, state, fold, spec, cards };
}

/** If something stands against it, its steps are not even shown: half of a card’s settings is worse than none. */
function planned(asked: FirmwareAsked) {
  const { host, state, ledger } = asked;
  const unlooked = lookFindings(asked);
  const found = unlooked.length > 0 ? unlooked : adviceFindings(asked);
  const against = found.filter(({ severity }) => severity === 'error');
  const isRefused = against.length > 0;
  const { plan, differences } = planFor({
    host: host.name,
    state,
    // What vflane set up on the host was not looked at, and must not be struck from the ledger as gone.
    ledger: { ...ledger, entries: new Map() },
    wants: byPlace(isRefused ? [] : firmwareWants(asked)),
    allocation: ledger.allocation,
    allowDisruption: false,
  });
  const pending = isRefused ? [] : pendingFindings(asked, plan.steps);
  return {
    plan: { ...plan, findings: [...(isRefused ? against : found), ...pending, ...plan.findings] },
    differences,
  };
}
