import type { Diagnosis } from '../model/finding.ts';
import { type Ailment, diagnosed, type Patient } from './ailment.ts';
import * as bridge from './bridge-ailments.ts';
import * as card from './card-ailments.ts';
import * as driver from './driver-ailments.ts';
import * as guest from './guest-ailments.ts';
import * as host from './host-ailments.ts';
import * as hostBond from './host-bond-ailments.ts';
import * as lag from './lag-ailments.ts';
import * as log from './log-ailments.ts';
import { offloadAsked, switchesApart } from './offload-asked.ts';
import * as ovs from './ovs-ailments.ts';
import * as port from './port-ailments.ts';
import * as tunnel from './tunnel-ailments.ts';
import * as vf from './vf-ailments.ts';
import { raiseBeyondWindow } from './vf-budget.ts';

/** Everything the doctor knows to look for on one host, causes before what follows from them. */
export const ailments: readonly Ailment[] = [
  host.noRoot,
  // The machine and the card.
  card.inRecovery,
  card.cardWithoutDriver,
  driver.portWithoutDriver,
  card.sriovOff,
  card.noRoomForVfs,
  raiseBeyondWindow,
  card.noIommu,
  card.trainedDown,
  card.narrowSlot,
  card.firmwarePending,
  card.lockdown,
  // The kernel and its driver.
  offloadAsked,
  switchesApart,
  log.modeRefused,
  log.writeBlocked,
  host.lostByReboot,
  // Ports, their bond and the card's LAG.
  port.deadSwitch,
  port.noCarrier,
  host.sameSpeed,
  hostBond.hostBondUnwatched,
  hostBond.ownArpTarget,
  port.strandedOnPort,
  lag.modesDiffer,
  hostBond.halfBonded,
  lag.strangerInBond,
  lag.lagMode,
  lag.tooManyForLag,
  lag.metadataOff,
  lag.roceLagActive,
  lag.lagRefused,
  lag.sharedFdbOff,
  log.lagNotUndone,
  lag.rdmaRenamed,
  port.oneChannel,
  port.portDown,
  port.representorDown,
  port.offloadSwitchedOff,
  // VFs and guests.
  guest.onePortShared,
  guest.guestBondUnwatched,
  vf.stateEnable,
  guest.foreignMac,
  vf.spoofWithoutMac,
  vf.sameMacTwice,
  driver.takenByNewId,
  driver.bindRefused,
  driver.groupNotViable,
  vf.spareOnWire,
  vf.trustRefused,
  guest.farFromCard,
  // Open vSwitch and the tunnels.
  ovs.databaseDown,
  ovs.daemonDown,
  host.tooFewPages,
  bridge.dpdkNotRunning,
  bridge.dpdkBeforeCard,
  ovs.notRestarted,
  ovs.policySkips,
  ovs.bondBlockMissing,
  bridge.portInBridge,
  ovs.representorRenamed,
  ovs.portBroken,
  tunnel.noLocalAddress,
  tunnel.tunnelElsewhere,
  tunnel.mtuChain,
  tunnel.otherUdpPort,
  tunnel.loopOfTunnels,
  bridge.openBridge,
  bridge.flowsLost,
  bridge.localUp,
  bridge.ipv6OnPorts,
  tunnel.unguarded,
  // Other software at work there.
  host.ownedByNetworkManager,
  host.ownedByNetworkd,
  host.ownedByNetplan,
  host.ownedByIfupdown,
  host.clockSkew,
];

const severities = ['error', 'warning', 'info'] as const;

/** Errors first, and each after its cause; otherwise in the order of the list. */
function weight({ severity, follows }: Diagnosis): number {
  return 2 * severities.indexOf(severity) + (follows.length > 0 ? 1 : 0);
}

/** What is wrong with a host; a finding that follows from another one says so. */
export function diagnose(patient: Patient): readonly Diagnosis[] {
  const found = ailments.flatMap((ailment) =>
    ailment.find(patient).map((symptom) => diagnosed(ailment, patient, symptom)),
  );
  const codes = new Set(found.map(({ code }) => code));
  return found
    .map((one) => ({ ...one, follows: one.follows.filter((code) => codes.has(code)) }))
    .sort((a, b) => weight(a) - weight(b));
}
