import type { Finding } from '../model/finding.ts';
import { cardMissing } from './card-missing.ts';
import { dhcpInNamespace } from './dhcp-in-namespace.ts';
import { dpdkPartsMissing } from './dpdk-parts-missing.ts';
import { foreignBridgesStop } from './foreign-bridges-stop.ts';
import { foreignMaster } from './foreign-master.ts';
import { foreignOverlay } from './foreign-overlay.ts';
import { forwardsInSoftware } from './forwards-in-software.ts';
import { functionTaken } from './function-taken.ts';
import { largeMesh } from './large-mesh.ts';
import { machinesWithoutBoot } from './machine-boot.ts';
import { machineFunctions, machineGroups } from './machine-functions.ts';
import { machineManagers } from './machine-manager.ts';
import { machineDisks, machineProgramsMissing, userDataMissing } from './machine-parts.ts';
import { machineMemory, machineVfsHeld } from './machine-resources.ts';
import { machineSeedUnread } from './machine-seed.ts';
import { mtuBeyondPort } from './mtu-beyond-port.ts';
import { nameTaken } from './name-taken.ts';
import { namesClash } from './names-clash.ts';
import { newId } from './new-id.ts';
import { noEswitch } from './no-eswitch.ts';
import { noIommu } from './no-iommu.ts';
import { lagNotMade, noSharedFdb, roceLag } from './no-vf-lag.ts';
import { notRoot } from './not-root.ts';
import { ovsMissing } from './ovs-missing.ts';
import { addressToStrand, strandedAddress } from './pf-address.ts';
import { pfEnslaved } from './pf-enslaved.ts';
import { pfWithoutDriver } from './pf-without-driver.ts';
import { pollingCore } from './polling-core.ts';
import { poolBeyondFirmware } from './pool-beyond-firmware.ts';
import { portInUse } from './port-in-use.ts';
import type { Examined, Rule } from './rule.ts';
import { sriovOff } from './sriov-off.ts';
import { switchdevInTheWay } from './switchdev-in-the-way.ts';
import { switchesNotJoined, tcOffloadMissing } from './tc-offload-missing.ts';
import { tooLittleMemory } from './too-little-memory.ts';
import { tooManyVfsForLag } from './too-many-vfs-for-lag.ts';
import { tunnelAddress } from './tunnel-address.ts';
import { unequalChannels, unequalModes } from './unequal-ports.ts';
import { unmonitoredBond } from './unmonitored-bond.ts';

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
  ovsMissing,
  dpdkPartsMissing,
  tooLittleMemory,
  foreignMaster,
  foreignBridgesStop,
  nameTaken,
  namesClash,
  tunnelAddress,
  forwardsInSoftware,
  tcOffloadMissing,
  switchesNotJoined,
  tooManyVfsForLag,
  largeMesh,
  pollingCore,
  roceLag,
  unequalModes,
  unequalChannels,
  newId,
  addressToStrand,
  portInUse,
  functionTaken,
  strandedAddress,
  unmonitoredBond,
  noSharedFdb,
  noEswitch,
  lagNotMade,
  foreignOverlay,
  machineProgramsMissing,
  machineDisks,
  userDataMissing,
  machineManagers,
  machineFunctions,
  machineGroups,
  machineMemory,
  machineVfsHeld,
  machineSeedUnread,
  machinesWithoutBoot,
];

/** Everything that stands in the way on a host, or will surprise its user. */
export function examine(examined: Examined): readonly Finding[] {
  return rules.flatMap((rule) => rule(examined));
}
