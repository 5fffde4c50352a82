import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { HostSpec, OverlaySpec } from '../model/host-spec.ts';
import type { Ledger } from '../model/ledger.ts';
import type { PciAddress } from '../model/names.ts';
import { overlayHost } from './overlay-host.ts';
import { userspaceUnderlay } from './underlay.ts';

/**
 * Open vSwitch with VXLAN in user space, over DPDK: the seed's second way. The kernel still bonds the ports, because that
 * is what makes the card one switch; DPDK then takes the card by its first port, with the representors of both pools. The
 * tunnel address is on a bridge of its own, `br-phy`. If a card has no such switch, DPDK takes its ports whole.
 */
export function expandOvsDpdk(fabric: Fabric, host: FabricHost, ledger: Ledger): HostSpec {
  const pf = host.nic.kind === 'pfs' ? host.nic.pfs[0] : host.underlay?.functions?.[0];
  return overlayHost(fabric, host, ledger, {
    datapathType: 'netdev',
    settings: pf === undefined ? {} : dpdkSettings(pf, host),
    lag: 'shared-fdb',
    underlay: userspaceUnderlay,
    ...(pf === undefined ? {} : { dpdk: pf }),
  });
}

/** In the order in which they must take effect: `dpdk-init` without an allow-list would take every card of the host. */
function dpdkSettings(pf: PciAddress, host: FabricHost): OverlaySpec['settings'] {
  const { nic, vfs, offload, underlay } = host;
  // The pool's whole range, so that a new guest needs no restart; the rest as in the seed (DPDK, mlx5.rst).
  const card = `-a ${pf},representor=pf[0-1]vf[0-${vfs - 1}],dv_flow_en=1,dv_xmeta_en=1,dv_esw_en=1`;
  const functions = (underlay?.functions ?? []).map((pci) => `-a ${pci}`).join(' ');
  return {
    alternative: '/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk',
    'dpdk-extra': nic.kind === 'pfs' ? card : functions,
    'dpdk-init': 'true',
    ...(offload === 'off' ? {} : { 'hw-offload': 'true' }),
  };
}
