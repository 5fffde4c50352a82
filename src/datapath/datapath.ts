import type { Datapath, Fabric, FabricHost } from '../model/fabric.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { Ledger } from '../model/ledger.ts';
import { expandLegacyVlan } from './legacy-vlan.ts';
import { expandOvsDpdk } from './ovs-dpdk.ts';
import { expandOvsTc } from './ovs-tc.ts';

export type Expand = (fabric: Fabric, host: FabricHost, ledger: Ledger) => HostSpec;

/** Every way of sharing the NIC that is built; `undefined` is refused by name before anything is looked at. */
export const datapaths: { readonly [name in Datapath]: Expand | undefined } = {
  'legacy-vlan': withFound(expandLegacyVlan),
  'ovs-tc': withFound(expandOvsTc),
  'ovs-dpdk': withFound(expandOvsDpdk),
};

/** What is left as it was found is the same whatever the card is used for. */
function withFound(expand: Expand): Expand {
  return (fabric, host, ledger) => {
    const spec = expand(fabric, host, ledger);
    return host.asFound === undefined ? spec : { ...spec, asFound: host.asFound };
  };
}
