import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { Ledger } from '../model/ledger.ts';
import { overlayHost } from './overlay-host.ts';
import { kernelUnderlay } from './underlay.ts';

/**
 * Open vSwitch with VXLAN, offloaded through tc: the seed's third way. Both ports are one switch (switchdev, a bond, the
 * card's LAG), so a guest has one VF and no bond; its representor is a port of its network's bridge, and the tunnel
 * address is on the bond.
 */
export function expandOvsTc(fabric: Fabric, host: FabricHost, ledger: Ledger): HostSpec {
  return overlayHost(fabric, host, ledger, {
    datapathType: 'system',
    // Without offload the setting, which takes a restart of all of Open vSwitch, is left alone.
    settings: host.offload === 'off' ? {} : { 'hw-offload': 'true' },
    // Without offload the tunnels end in the kernel, and its bond is enough.
    lag: host.offload === 'required' ? 'vf-lag' : undefined,
    underlay: kernelUnderlay,
  });
}
