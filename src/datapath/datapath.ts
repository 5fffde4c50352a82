import type { Datapath, Fabric, FabricHost } from '../model/fabric.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { Ledger } from '../model/ledger.ts';
import { givenVfs } from './allocation.ts';
import { expandLegacyVlan } from './legacy-vlan.ts';
import { expandOvsDpdk } from './ovs-dpdk.ts';
import { expandOvsTc } from './ovs-tc.ts';

export type Expand = (fabric: Fabric, host: FabricHost, ledger: Ledger) => HostSpec;

/** Every way of sharing the NIC. */
export const datapaths: { readonly [name in Datapath]: Expand } = {
  'legacy-vlan': withFound(expandLegacyVlan),
  'ovs-tc': withFound(expandOvsTc),
  'ovs-dpdk': withFound(expandOvsDpdk),
};

/** What is left as it was found does not depend on the datapath. */
function withFound(expand: Expand): Expand {
  return (fabric, host, ledger) => {
    const spec = expand(fabric, host, ledger);
    if (host.asFound === undefined) return spec;
    const given = newlyGiven(spec, host);
    return { ...spec, asFound: host.asFound.filter(({ at }) => !given.has(at)) };
  };
}

/** VFs of guests for which the file names no VF: they were added later, and their settings are vflane's to make. */
function newlyGiven({ nics }: HostSpec, host: FabricHost): ReadonlySet<string> {
  const known = givenVfs(host);
  const vfs = nics.flatMap(({ pfs }) => pfs.flatMap((pf) => pf.vfs.map((vf) => ({ pf, vf }))));
  return new Set(
    vfs.flatMap(({ pf, vf: { index, owner } }) =>
      owner && known[`${owner.guest}/${owner.network}`] === undefined ? [`${pf.pci}/${index}`] : [],
    ),
  );
}
