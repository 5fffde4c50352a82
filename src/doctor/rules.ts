import type { Finding } from '../model/finding.ts';
import { cardMissing } from './card-missing.ts';
import { dhcpInNamespace } from './dhcp-in-namespace.ts';
import { largeMesh } from './large-mesh.ts';
import { mtuBeyondPort } from './mtu-beyond-port.ts';
import { noIommu } from './no-iommu.ts';
import { notRoot } from './not-root.ts';
import { overlayNotBuilt } from './overlay-not-built.ts';
import { ovsMissing } from './ovs-missing.ts';
import { pfEnslaved } from './pf-enslaved.ts';
import { pfWithoutDriver } from './pf-without-driver.ts';
import { poolBeyondFirmware } from './pool-beyond-firmware.ts';
import type { Examined, Rule } from './rule.ts';
import { sriovOff } from './sriov-off.ts';
import { switchdevInTheWay } from './switchdev-in-the-way.ts';
import { tcOffloadMissing } from './tc-offload-missing.ts';
import { tooManyVfsForLag } from './too-many-vfs-for-lag.ts';

const rules: readonly Rule[] = [
  notRoot,
  cardMissing,
  pfWithoutDriver,
  sriovOff,
  poolBeyondFirmware,
  noIommu,
  mtuBeyondPort,
  switchdevInTheWay,
  pfEnslaved,
  dhcpInNamespace,
  overlayNotBuilt,
  ovsMissing,
  tcOffloadMissing,
  tooManyVfsForLag,
  largeMesh,
];

/** Everything that stands in the way on a host, or will surprise. */
export function examine(examined: Examined): readonly Finding[] {
  return rules.flatMap((rule) => rule(examined));
}
