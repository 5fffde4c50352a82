import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { HostSpec, LagSpec, PfSpec } from '../model/host-spec.ts';
import type { Ledger } from '../model/ledger.ts';
import type { PciAddress } from '../model/names.ts';
import { type OverlayKind, overlayOf } from './overlay.ts';
import { attachedLanes, guestSpecs, type Lane, poolOf } from './overlay-lanes.ts';
import type { UnderlayOf } from './underlay.ts';
import { guardOf } from './underlay-guard.ts';
import { wireMtu } from './wire-mtu.ts';

/** Where the two overlays differ. */
export interface OverlayHostKind extends OverlayKind {
  readonly lag: LagSpec | undefined;
  readonly underlay: UnderlayOf;
}

/**
 * What both overlays share: switchdev on both ports, a pool on each, one VF for each attachment, the underlay, and
 * the bridges of the host's networks.
 */
export function overlayHost(
  fabric: Fabric,
  host: FabricHost,
  ledger: Ledger,
  kind: OverlayHostKind,
): HostSpec {
  const lanes = attachedLanes(fabric, host, ledger);
  const mtu = wireMtu(fabric);
  const uplinks = fabric.networks.filter(({ uplink }) => uplink?.host === host.name);
  const pfs = host.nic.kind === 'pfs' ? host.nic.pfs : [];
  const nic = {
    pfs: pfs.map((pci, port) => pfSpec(pci, port, host.vfs, mtu, lanes)),
    ...(kind.lag && { lag: kind.lag }),
  };
  const overlay = overlayOf(fabric, host, kind, lanes);
  const underlay = kind.underlay(host, mtu, uplinks);
  return {
    host: host.name,
    datapath: host.datapath,
    nics: pfs.length === 0 ? [] : [nic],
    guests: guestSpecs(host, lanes),
    allocation: Object.fromEntries(lanes.map(({ name, slot }) => [name, slot])),
    overlay: { ...overlay, guard: guardOf(overlay, underlay) },
    underlay,
  };
}

function pfSpec(pci: PciAddress, port: number, vfs: number, mtu: number, lanes: readonly Lane[]): PfSpec {
  return { pci, mtu, numVfs: vfs, eswitch: 'switchdev', vfs: poolOf(lanes, port, vfs) };
}
