import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { PfState } from '../model/host-state.ts';
import { isUnseen } from '../model/unseen.ts';
import { type Examined, placeOf, type Rule } from './rule.ts';

const remedies =
  'a kernel with CONFIG_NET_TC_SKB_EXT=y (which turns MLX5_CLS_ACT on), Debian 12’s stock kernel, or NVIDIA’s DOCA-OFED driver';

/** Debian 13's kernel is built without NET_TC_SKB_EXT, which takes mlx5's tc offload out with it (facts §0). */
export const tcOffloadMissing: Rule = (examined) => {
  const { host, state, spec } = examined;
  if (spec.datapath !== 'ovs-tc' || host.offload === 'off') return [];
  const without = state.pfs.filter(isWithout);
  if (without.length === 0) return notSeen(examined);
  const which = without.map((pf) => pf.pci).join(' and ');
  const message = `${host.name}: the driver of ${which} cannot offload tc on kernel ${state.kernel}: hw-tc-offload is off and fixed`;
  const where = placeOf(examined, 'offload');
  if (host.offload === 'required') {
    const hint = `One of: ${remedies}; or set offload: preferred, and continue in software.`;
    return [finding('VF2030', where, message, hint)];
  }
  return [
    finding('VF2031', where, `${message}; it continues in software`, `For hardware, one of: ${remedies}.`),
  ];
};

/**
 * DPDK needs both ports as one switch, whatever the file says about offload. The part of mlx5 that offloads tc is also the
 * only one that joins them (facts §0); without it a VF works until its port dies, as in the seed's second way.
 */
export const switchesNotJoined: Rule = (examined) => {
  const { host, state, spec } = examined;
  const isNeeded = spec.nics.some(({ lag }) => lag === 'shared-fdb');
  const without = isNeeded ? state.pfs.find(isWithout) : undefined;
  if (without === undefined) return [];
  return [
    finding(
      'VF2036',
      placeOf(examined, 'datapath'),
      `${host.name}: the driver of ${without.pci} on kernel ${state.kernel} is built without MLX5_CLS_ACT and cannot join both ports in one switch: DPDK would not see the second port, and no VF would fail over`,
      `One of: ${remedies}. legacy-vlan works on this kernel.`,
    ),
  ];
};

/** The driver was built without tc offload. */
export function isWithout({ tcOffload }: PfState): boolean {
  return tcOffload !== undefined && !isUnseen(tcOffload) && tcOffload.fixed && !tcOffload.on;
}

function notSeen(examined: Examined): readonly Finding[] {
  return examined.state.pfs.flatMap(({ pci, tcOffload }) =>
    tcOffload === undefined || !isUnseen(tcOffload)
      ? []
      : [
          finding(
            'VF2063',
            placeOf(examined, 'offload'),
            `${examined.host.name}: cannot tell whether the driver of ${pci} offloads tc: ${tcOffload.unseen}`,
            'Install ethtool there (apt-get install ethtool), or look as root.',
          ),
        ],
  );
}
