import { datapaths } from '../datapath/datapath.ts';
import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { Site } from './site.ts';

/** What the file wants of a host, with the VFs as its ledger has assigned them. */
export async function specOf(site: Site, fabric: Fabric, host: FabricHost): Promise<HostSpec> {
  const { ledger } = await site.fold();
  return datapaths[host.datapath](fabric, host, ledger);
}
