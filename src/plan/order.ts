import { autoprobe } from '../resource/autoprobe.ts';
import { bootDocument } from '../resource/boot-document.ts';
import { bootFile } from '../resource/boot-file.ts';
import { bootProgram } from '../resource/boot-program.ts';
import { bootSnapshot } from '../resource/boot-snapshot.ts';
import { bootUnit } from '../resource/boot-unit.ts';
import { bridge } from '../resource/bridge.ts';
import { bridgeLocal } from '../resource/bridge-local.ts';
import { bridgePort } from '../resource/bridge-port.ts';
import { channels } from '../resource/channels.ts';
import { eswitch } from '../resource/eswitch.ts';
import { firmwareImage } from '../resource/firmware-image.ts';
import { firmwareReset } from '../resource/firmware-reset.ts';
import { firmwareSaved } from '../resource/firmware-saved.ts';
import { firmwareSetting } from '../resource/firmware-setting.ts';
import { flows } from '../resource/flows.ts';
import { guestAddress } from '../resource/guest-address.ts';
import { guestBond } from '../resource/guest-bond.ts';
import { guestChecksum } from '../resource/guest-checksum.ts';
import { guestLink } from '../resource/guest-link.ts';
import { guestRoute } from '../resource/guest-route.ts';
import { guestVeth } from '../resource/guest-veth.ts';
import { hostBond } from '../resource/host-bond.ts';
import { hugepages } from '../resource/hugepages.ts';
import { keepOff } from '../resource/keep-off.ts';
import { keptFlows } from '../resource/kept-flows.ts';
import { lag } from '../resource/lag.ts';
import { memberIpv6 } from '../resource/member-ipv6.ts';
import { kernelModule } from '../resource/module.ts';
import { netns } from '../resource/netns.ts';
import { netnsLoopback } from '../resource/netns-loopback.ts';
import { netnsVf } from '../resource/netns-vf.ts';
import { numVfs } from '../resource/num-vfs.ts';
import { ovsDaemon } from '../resource/ovs-daemon.ts';
import { ovsGate } from '../resource/ovs-gate.ts';
import { ovsSetting } from '../resource/ovs-setting.ts';
import { ovsStartHook } from '../resource/ovs-start-hook.ts';
import { systemPackage } from '../resource/package.ts';
import { pciDriver } from '../resource/pci-driver.ts';
import { pfMtu } from '../resource/pf-mtu.ts';
import { pfUp } from '../resource/pf-up.ts';
import { pollingCore } from '../resource/polling-core.ts';
import { portDriver } from '../resource/port-driver.ts';
import { portIpv6 } from '../resource/port-ipv6.ts';
import { rdmaName } from '../resource/rdma-name.ts';
import { representor } from '../resource/representor.ts';
import { representorIpv6 } from '../resource/representor-ipv6.ts';
import type { Resource } from '../resource/resource.ts';
import { tapPort } from '../resource/tap-port.ts';
import { underlayAddress } from '../resource/underlay-address.ts';
import { underlayBridge } from '../resource/underlay-bridge.ts';
import { underlayGuard } from '../resource/underlay-guard.ts';
import { underlayLink } from '../resource/underlay-link.ts';
import { underlayRoute } from '../resource/underlay-route.ts';
import { vethPort } from '../resource/veth-port.ts';
import { vfDriver } from '../resource/vf-driver.ts';
import { vfLinkState } from '../resource/vf-link-state.ts';
import { vfMac } from '../resource/vf-mac.ts';
import { vfRate } from '../resource/vf-rate.ts';
import { vfSpoofchk } from '../resource/vf-spoofchk.ts';
import { vfTrust } from '../resource/vf-trust.ts';
import { vfVlan } from '../resource/vf-vlan.ts';
import { vlanLink } from '../resource/vlan-link.ts';
import { vmAutostart } from '../resource/vm-autostart.ts';
import { vmDisk } from '../resource/vm-disk.ts';
import { vmDomain } from '../resource/vm-domain.ts';
import { vmRunning } from '../resource/vm-running.ts';
import { vmSeed } from '../resource/vm-seed.ts';
import { vmTemplate } from '../resource/vm-template.ts';
import { vmUnit } from '../resource/vm-unit.ts';

/** The order in which things are set up; they are taken down in reverse. The only place where it stands. */
export const order: readonly Resource[] = [
  // Programs and their daemons before anything uses them.
  systemPackage,
  // It takes effect at the next start, whatever is set up now.
  bootFile,
  // What is there is saved before anything is written; a reset loads all that was written.
  firmwareSaved,
  firmwareImage,
  firmwareSetting,
  firmwareReset,
  // Before there are netdevs that another service would take for its own.
  keepOff,
  // A driver has to be loaded before a VF can be bound to it.
  kernelModule,
  // Off before VFs appear, or the host probes every one of them (facts §3.3).
  autoprobe,
  // Before VFs exist: the firmware refuses a change of mode while one is bound (facts §2.1).
  eswitch,
  // A change of mode leaves one channel (facts §5).
  channels,
  // Before VFs exist: a change of the PF's MTU resets igb's VFs (facts §17).
  pfMtu,
  // Its members are down when it takes them (facts §5), and no VF is bound meanwhile (facts §1.2).
  hostBond,
  // Proved before there are VFs: the firmware makes no LAG while one is bound (facts §1.2).
  lag,
  // The LAG registers the device anew, and DPDK asks for its name when it starts.
  rdmaName,
  // DPDK takes a port when it starts, and releases it when it ends.
  portDriver,
  // The sooner, the less fragmented memory is; DPDK takes it when it starts.
  hugepages,
  // Everything on a VF needs the VF.
  numVfs,
  // Before guests start: a VF has no carrier while its PF is down (facts §5). Not before there are VFs: making them resets a
  // port, which loses its link if it is up (drivers/net/ethernet/intel/igb, igb_sriov_reinit); a bond has opened its own.
  pfUp,
  // A VF's fate is settled before anything can drive it; its MAC is read by the driver's probe.
  vfMac,
  vfVlan,
  vfSpoofchk,
  vfTrust,
  // The link opens after the tag is set, and closes before it is removed.
  vfLinkState,
  // Closed before there is a port through which a tenant could send, and before there is a tunnel that could be fed.
  underlayGuard,
  // After the LAG is up, which recreates representors; and silent before they come up.
  representorIpv6,
  representor,
  // From here on something can be sent through the VF; a representor that is on no bridge yet takes it nowhere.
  vfDriver,
  // A namespace before what is put into it, and a pair of netdevs before one end becomes a port of a bridge.
  netns,
  netnsVf,
  guestVeth,
  // Before anything is sent.
  guestChecksum,
  vethPort,
  tapPort,
  // Read by systemd before the restart below, which then costs no bridge its flows for long.
  ovsStartHook,
  // A restart before there are bridges stops none of ours.
  ovsSetting,
  // After the settings that it reads when it starts, and before anything needs a port of it.
  ovsDaemon,
  // Before there is a port to poll.
  pollingCore,
  // Its ports before what stands on them: a VLAN is up only over a port that is.
  // Silent before it is a member.
  memberIpv6,
  underlayBridge,
  underlayLink,
  vlanLink,
  // Tunnels leave from this address, so it exists before them.
  underlayAddress,
  underlayRoute,
  // One transaction. A bridge forwards nothing before it has flows, and flows name its ports.
  bridge,
  bridgePort,
  // It comes with the bridge.
  bridgeLocal,
  // As soon as the last of these netdevs exists: nothing is forwarded to one yet.
  portIpv6,
  // Saved before they are in force: no start of ovs-vswitchd in between loses them.
  keptFlows,
  flows,
  // All of one guest's things in one process: a member before its bond, a bond before its addresses.
  guestLink,
  guestBond,
  guestAddress,
  // A gateway is reached through the address's subnet.
  guestRoute,
  netnsLoopback,
  // It does no harm late, and igb and ixgbe accept it only on a port that has its link, which comes some time after
  // the port is up (drivers/net/ethernet/intel/igb, igb_ndo_set_vf_bw).
  vfRate,
  // What a guest consists of, before what says how it is started.
  pciDriver,
  vmDisk,
  vmSeed,
  vmTemplate,
  vmUnit,
  vmDomain,
  vmAutostart,
  // Last: everything that it is given exists and works; and first down, while it can still say goodbye.
  vmRunning,
  // The host comes back as it is now, and only once it is so: in the order in which each is of use to the next.
  bootProgram,
  bootDocument,
  // Its rehearsal reads both.
  bootSnapshot,
  ovsGate,
  bootUnit,
];

const places = new Map(order.map((resource, place) => [resource.kind, place]));
const kinds = new Map(order.map((resource) => [resource.kind, resource]));

/** Where a kind stands in the order, from 0. */
export function placeOf(kind: string): number {
  return places.get(kind) ?? order.length;
}

/** @throws if no resource has that name: a journal of a later version, or a defect. */
export function resourceOf(kind: string): Resource {
  const resource = kinds.get(kind);
  if (resource === undefined) throw new Error(`no resource is called ${kind}`);
  return resource;
}
