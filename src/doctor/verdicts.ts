import type { Evidence } from '../model/finding.ts';
import type { PfState } from '../model/host-state.ts';
import { isUnseen } from '../model/unseen.ts';
import type { Patient } from './ailment.ts';
import { kernelRemedies, offloadEvidence, withoutOffload } from './offload-asked.ts';
import { ovsOf, seenOf } from './seen-parts.ts';

/** What one way of sharing the card would come to on this host. */
export interface Verdict {
  readonly datapath: 'legacy-vlan' | 'ovs-tc' | 'ovs-dpdk';
  /** `lacks`: it works once something has been installed or set. `unknown`: what it depends on could not be seen. */
  readonly verdict: 'hardware' | 'lacks' | 'impossible' | 'unknown';
  readonly because: readonly string[];
  /** Any of these would change it. */
  readonly oneOf: readonly string[];
  readonly evidence: readonly Evidence[];
}

/** A reason against, and what it means for the verdict. */
interface Obstacle {
  readonly kind: Exclude<Verdict['verdict'], 'hardware'>;
  readonly why: string;
  readonly oneOf: readonly string[];
  readonly evidence?: readonly Evidence[];
}

export function verdictsOf(patient: Patient): readonly Verdict[] {
  return [
    verdict('legacy-vlan', legacyObstacles(patient)),
    verdict('ovs-tc', [...cardObstacles(patient), ...offloadObstacles(patient), ...ovsObstacles(patient)]),
    verdict('ovs-dpdk', [...cardObstacles(patient), ...joinObstacles(patient), ...dpdkObstacles(patient)]),
  ];
}

/** Worst first: what nothing on this kernel can change, what could not be seen, what is only missing. */
const order = ['impossible', 'unknown', 'lacks'] as const;

function verdict(datapath: Verdict['datapath'], obstacles: readonly Obstacle[]): Verdict {
  const worst = order.find((kind) => obstacles.some((one) => one.kind === kind));
  const against = obstacles.filter(({ kind }) => kind === worst);
  return {
    datapath,
    verdict: worst ?? 'hardware',
    because: worst === undefined ? [] : obstacles.map(({ why }) => why),
    oneOf: against.flatMap(({ oneOf }) => oneOf),
    evidence: obstacles.flatMap(({ evidence = [] }) => evidence),
  };
}

function legacyObstacles({ state }: Patient): readonly Obstacle[] {
  const { pfs, iommu } = state;
  const able = pfs.filter(({ totalVfs }) => (seenOf(totalVfs) ?? 0) > 0);
  const none: Obstacle = {
    kind: 'lacks',
    why: 'no port offers VFs (sriov_totalvfs)',
    oneOf: ['SRIOV_EN=1 and NUM_OF_VFS in the firmware (mstconfig), then a reboot'],
  };
  const unseenPool = pfs.some(({ totalVfs }) => isUnseen(totalVfs));
  return [
    ...(pfs.length === 0 ? [noCard] : []),
    ...(unseenPool ? [unknown('sriov_totalvfs could not be read')] : []),
    ...(pfs.length > 0 && !unseenPool && able.length === 0 ? [none] : []),
    ...(isUnseen(iommu) ? [unknown(`whether there is an IOMMU: ${iommu.unseen}`)] : []),
    ...(iommu === false ? [noIommu] : []),
  ];
}

const noCard: Obstacle = {
  kind: 'impossible',
  why: 'no card with SR-IOV was found',
  oneOf: ['a card with SR-IOV', 'nic: software, without one'],
};

const noIommu: Obstacle = {
  kind: 'lacks',
  why: 'there is no IOMMU, so no VF can be given to a VM (a namespace on the host can have one)',
  oneOf: ['the IOMMU in the BIOS (AMD-Vi, VT-d)', 'intel_iommu=on on the kernel command line'],
};

function unknown(why: string): Obstacle {
  return { kind: 'unknown', why, oneOf: ['a look as root, with iproute2 and ethtool installed'] };
}

/** What both overlays need of a card. */
function cardObstacles({ state }: Patient): readonly Obstacle[] {
  const { pfs } = state;
  if (pfs.length === 0) return [noCard];
  const hidden = pfs.flatMap(({ pci, eswitch }) =>
    eswitch && isUnseen(eswitch) ? [`${pci}: ${eswitch.unseen}`] : [],
  );
  const without = pfs.filter(({ eswitch }) => eswitch === 'none');
  const many = pfs.filter(({ totalVfs }) => (seenOf(totalVfs) ?? 0) > mostForLag);
  return [
    ...hidden.map((why) => unknown(`the mode of the card’s switch: ${why}`)),
    ...(without.length > 0 ? [noSwitch(without)] : []),
    ...(many.length > 0 ? [tooMany(many)] : []),
  ];
}

const mostForLag = 64;

function noSwitch(pfs: readonly PfState[]): Obstacle {
  return {
    kind: 'impossible',
    why: `the driver of ${names(pfs)} does not support switchdev`,
    oneOf: ['a card with a switch of its own', 'nic: software'],
  };
}

function tooMany(pfs: readonly PfState[]): Obstacle {
  return {
    kind: 'lacks',
    why: `the firmware of ${names(pfs)} has more than ${mostForLag} VFs, so it makes no VF-LAG`,
    oneOf: [`NUM_OF_VFS=${mostForLag} or less (mstconfig), then a reboot`],
  };
}

function names(pfs: readonly PfState[]): string {
  return pfs.map(({ pci }) => pci).join(' and ');
}

function offloadObstacles(patient: Patient): readonly Obstacle[] {
  // A card without a switch of its own has been reported already, and no kernel changes that.
  if (patient.state.pfs.every(({ eswitch }) => eswitch === 'none')) return [];
  const hidden = patient.state.pfs.flatMap(({ tcOffload }) =>
    tcOffload && isUnseen(tcOffload) ? [unknown(`whether the driver offloads tc: ${tcOffload.unseen}`)] : [],
  );
  const without = withoutOffload(patient);
  if (without.length === 0) return hidden.slice(0, 1);
  return [
    {
      kind: 'impossible',
      why: `the mlx5 of kernel ${patient.state.kernel} is built without tc offload (CONFIG_NET_TC_SKB_EXT, MLX5_CLS_ACT)`,
      oneOf: [kernelRemedies, 'offload: preferred, in software'],
      evidence: offloadEvidence(patient, without),
    },
  ];
}

/** The same part of mlx5 joins the ports, which DPDK needs to see them as one (facts §0). */
function joinObstacles(patient: Patient): readonly Obstacle[] {
  return offloadObstacles(patient).map((one) =>
    one.kind === 'impossible'
      ? {
          ...one,
          why: `the mlx5 of kernel ${patient.state.kernel} never joins the switches of both ports (MLX5_CLS_ACT): no VF would fail over`,
          oneOf: [kernelRemedies, 'legacy-vlan'],
        }
      : one,
  );
}

function ovsObstacles({ state: { ovs } }: Patient): readonly Obstacle[] {
  if (ovs === undefined || !isUnseen(ovs)) return [];
  const oneOf = ['apt-get install openvswitch-switch; systemctl start openvswitch-switch'];
  return [{ kind: ovs.lacks === undefined ? 'unknown' : 'lacks', why: ovs.unseen, oneOf }];
}

function dpdkObstacles(patient: Patient): readonly Obstacle[] {
  const ovs = ovsOf(patient.state);
  if (ovs === undefined) return ovsObstacles(patient);
  const failed = ovs.settings['dpdk-init'] === 'true' && !ovs.dpdkInitialized;
  if (!failed) return [];
  return [
    {
      kind: 'lacks',
      why: 'dpdk-init is true, but the running daemon has no DPDK',
      oneOf: ['openvswitch-switch-dpdk, chosen by update-alternatives --config ovs-vswitchd, and hugepages'],
    },
  ];
}

/** `ovs-tc: impossible in hardware on this kernel, because …; one of: …`. */
export function verdictText({ datapath, verdict: kind, because, oneOf }: Verdict): string {
  const why = because.join('; and ');
  if (kind === 'hardware') return `${datapath}: possible in hardware`;
  const words = {
    impossible: 'impossible in hardware here',
    lacks: 'not yet',
    unknown: 'cannot be determined',
  }[kind];
  return `${datapath}: ${words}, because ${why}; one of: ${oneOf.join(', or ')}`;
}
