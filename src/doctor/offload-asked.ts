import type { Evidence } from '../model/finding.ts';
import type { PfState } from '../model/host-state.ts';
import type { Ailment, Patient } from './ailment.ts';
import { lagFile, lagOf, seenOf, setting } from './seen-parts.ts';

/** What brings mlx5's tc offload back (facts §0). */
export const kernelRemedies =
  'a kernel with CONFIG_NET_TC_SKB_EXT=y (which turns MLX5_CLS_ACT on), Debian 12’s stock kernel, or NVIDIA’s DOCA-OFED driver';

const rebuild = [
  'apt-get build-dep linux; apt-get source linux',
  'scripts/config --enable NET_TC_SKB_EXT; make olddefconfig; grep CONFIG_MLX5_CLS_ACT=y .config',
  'make -j$(nproc) bindeb-pkg; dpkg -i ../linux-image-*.deb; reboot',
];

/** PFs whose driver has no tc offload, and cannot have it on this kernel. */
export function withoutOffload({ state }: Patient): readonly PfState[] {
  return state.pfs.filter(({ tcOffload }) => {
    const seen = seenOf(tcOffload);
    return seen?.fixed === true && !seen.on;
  });
}

/** The evidence: ethtool, and the kernel's own configuration unless another driver is in use. */
export function offloadEvidence({ survey }: Patient, pfs: readonly PfState[]): readonly Evidence[] {
  const config = seenOf(survey.config);
  const options = ['NET_TC_SKB_EXT', 'MLX5_CLS_ACT'].filter((name) => config?.options[name] === undefined);
  return [
    ...pfs.map(({ netdev }) => ({ read: `ethtool -k ${netdev}`, saw: 'hw-tc-offload: off [fixed]' })),
    ...(config && options.length > 0 && seenOf(survey.ofed) === false
      ? [{ read: config.path, saw: options.map((name) => `CONFIG_${name} is not set`).join(', ') }]
      : []),
  ];
}

/** The seed's third way on Debian 13: hours of trying, and nothing says why. */
export const offloadAsked: Ailment = {
  code: 'VF2100',
  costs:
    'Every packet of every bridge goes through the host’s CPU; nothing is ever offloaded, and no setting changes that.',
  source: 'facts §0, §14.1; mlx5/core/Kconfig, en_rep.c',
  texts: [
    'Could not change any device features',
    'hw-tc-offload: off [fixed]',
    'failed to offload flow: Operation not supported',
    'tc flower offload does not work, not_in_hw, not offloaded',
  ],
  find: (patient) => {
    const without = withoutOffload(patient);
    if (without.length === 0 || setting(patient.state, 'hw-offload') !== 'true') return [];
    // Under DPDK the setting is about DPDK's own path into the card, which is the next rule's subject.
    if (setting(patient.state, 'dpdk-init') === 'true') return [];
    // With `offload: preferred`, VF2031 says once that forwarding is in software.
    if (patient.wants !== undefined && patient.wants.host.offload !== 'required') return [];
    const { kernel } = patient.state;
    return [
      {
        message: `Open vSwitch is set to offload, but the mlx5 driver of kernel ${kernel} is built without tc offload`,
        evidence: [
          { read: 'ovs-vsctl get Open_vSwitch . other_config:hw-offload', saw: 'true' },
          ...offloadEvidence(patient, without),
        ],
        advice: `One of: ${kernelRemedies}. To build one:`,
        remedy: rebuild,
      },
    ];
  },
};

/** The seed's second way: it works, but a VF does not fail over. */
export const switchesApart: Ailment = {
  code: 'VF2101',
  costs:
    'A VF works until its own port dies, and does not fail over to the other one; VFs of the second port cannot be reached at all under DPDK.',
  source: 'facts §0 (consequence 2), §14.2; mlx5 en_tc.c, lag.c',
  texts: [
    'shared_fdb:off',
    'shared_fdb:0 mode:queue_affinity',
    'VF does not fail over to the other port',
    "PCIe instance 0000:03:00.0 isn't bonding owner",
  ],
  find: (patient) => {
    const lag = lagOf(patient.state);
    const without = withoutOffload(patient);
    if (lag?.state !== 'active' || lag.type !== 'switchdev' || without.length === 0) return [];
    // The kernel's bond fails over what the kernel forwards; DPDK has only the card's LAG.
    if (!lag.flags.includes('shared_fdb:off') || setting(patient.state, 'dpdk-init') !== 'true') return [];
    return [
      {
        at: lag.pci,
        message: `the ports’ switches are never joined on kernel ${patient.state.kernel}, because its mlx5 is built without MLX5_CLS_ACT: no VF fails over`,
        evidence: [
          { read: lagFile(lag.pci, 'flags'), saw: lag.flags.join(' ') },
          ...offloadEvidence(patient, without),
        ],
        advice: `One of: ${kernelRemedies}. legacy-vlan, with a bond in each guest, works on this kernel. To build one:`,
        remedy: rebuild,
      },
    ];
  },
};
