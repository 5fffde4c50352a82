import { datapaths } from '../datapath/datapath.ts';
import { forwardsInSoftware, softwareCodes } from '../doctor/forwards-in-software.ts';
import { tcOffloadMissing } from '../doctor/tc-offload-missing.ts';
import type { HostReader } from '../host/host.ts';
import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { Ledger } from '../model/ledger.ts';
import type { Plan } from '../model/plan.ts';
import { observe } from '../observe/observe.ts';

/** A plan's findings on tunnels that are not in hardware; empty if they are. */
export function softwareIn({ findings }: Plan): readonly Finding[] {
  return findings.filter(({ code }) => softwareCodes.has(code));
}

/** The same without a plan: the host is looked at only if the file leaves the question open. */
export async function softwareOn(
  reader: HostReader,
  fabric: Fabric,
  host: FabricHost,
  ledger: Ledger,
): Promise<readonly Finding[]> {
  const spec = datapaths[host.datapath](fabric, host, ledger);
  if (spec.overlay === undefined) return [];
  const asked = forwardsInSoftware({ fabric, host, spec });
  if (asked.length > 0 || host.offload !== 'preferred' || host.nic.kind !== 'pfs') return asked;
  const state = await observe(reader, { pfs: host.nic.pfs, namespaces: [], routes: [], overlay: true });
  return tcOffloadMissing({ fabric, host, spec, state });
}
