import type { HostState } from '../model/host-state.ts';
import type { Ailment, Patient, Symptom } from './ailment.ts';
import { bondsOfPorts, lagFile, lagOf, linksOf, listed, seenOf, some, vfsOf } from './seen-parts.ts';

const lagCosts = 'Nothing fails over below the VFs: each lives and dies with its own port.';

export const roceLagActive: Ailment = {
  code: 'VF2040',
  costs: 'A script that waits for "active" is satisfied, but no VF ever fails over.',
  source: 'facts §1.1, §14.2; mlx5 lag/debugfs.c',
  texts: ['lag type roce', 'state active, type roce'],
  find: ({ state }) => {
    const lag = lagOf(state);
    if (lag?.state !== 'active' || lag.type === undefined || lag.type === 'switchdev') return [];
    const modes = state.pfs.map(({ pci, eswitch }) => ({
      read: `devlink dev eswitch show pci/${pci}`,
      saw: `mode ${seenOf(eswitch) ?? 'not seen'}`,
    }));
    return [
      {
        at: lag.pci,
        message: `the card’s LAG is active, but of type ${lag.type}: VFs do not fail over`,
        evidence: [
          { read: lagFile(lag.pci, 'state'), saw: 'active' },
          { read: lagFile(lag.pci, 'type'), saw: lag.type },
          ...modes,
        ],
        remedy: state.pfs.map(({ pci }) => `devlink dev eswitch set pci/${pci} mode switchdev`),
        advice: 'Unbind the VFs first; then wait for type switchdev, not only for state active.',
      },
    ];
  },
};

export const sharedFdbOff: Ailment = {
  code: 'VF2047',
  costs:
    'VFs of the second port cannot be reached through the first, DPDK finds no bond, and no VF fails over.',
  source: 'facts §0, §1.4, §14.2; mlx5 lag.c (mlx5_lag_shared_fdb_supported)',
  texts: ['shared_fdb:off', "Can't enable single FDB mode", 'shared_fdb:0'],
  follows: ['VF2101', 'VF2100', 'VF2127'],
  find: ({ state }) => {
    const lag = lagOf(state);
    if (lag?.state !== 'active' || lag.type !== 'switchdev' || !lag.flags.includes('shared_fdb:off'))
      return [];
    return [
      {
        at: lag.pci,
        message: 'the LAG’s two switches are not joined (shared_fdb:off)',
        evidence: [{ read: lagFile(lag.pci, 'flags'), saw: lag.flags.join(' ') }],
        remedy: [],
        advice: 'It needs an mlx5 driver with MLX5_CLS_ACT, and port metadata on (devlink dev param show).',
      },
    ];
  },
};

const lagModes = ['active-backup', 'balance-xor', '802.3ad'];

export const lagMode: Ailment = {
  code: 'VF2124',
  costs: lagCosts,
  source: 'facts §1.2 (2, 6); mlx5 lag.c',
  texts: [
    "Warning: mlx5_core: Can't activate LAG offload, TX type isn't supported.",
    "Can't activate LAG offload, TX type isn't supported",
  ],
  find: ({ state }) =>
    bondsOfPorts(state)
      .filter(({ bond, ports }) => ports.length > 1 && !lagModes.includes(bond.bond?.mode ?? ''))
      .map(({ bond }) => ({
        at: bond.name,
        message: `${bond.name} is in mode ${bond.bond?.mode}, from which the card makes no LAG`,
        evidence: [{ read: `ip -d link show ${bond.name}`, saw: `bond mode ${bond.bond?.mode}` }],
        remedy: [
          `ip link set dev ${bond.name} down`,
          `ip link set dev ${bond.name} type bond mode active-backup`,
          `ip link set dev ${bond.name} up`,
        ],
        advice:
          'Modes that work: active-backup, balance-xor, 802.3ad. This takes the slaves out and back in.',
      })),
};

export const strangerInBond: Ailment = {
  code: 'VF2125',
  costs: lagCosts,
  source: 'facts §1.2 (1); mlx5 lag.c (mlx5_do_bond)',
  texts: ['lag state disabled', 'the LAG stays disabled with a third slave'],
  find: ({ state }) =>
    bondsOfPorts(state).flatMap(({ bond, ports }): readonly Symptom[] => {
      const mine = ports.map(({ name }) => name);
      const others = linksOf(state).filter(
        ({ name, master, parentDev }) =>
          master === bond.name && !mine.includes(name) && !isOfCard(state, parentDev),
      );
      if (others.length === 0) return [];
      const names = others.map(({ name }) => name);
      return [
        {
          at: bond.name,
          message: `${bond.name} has ${listed(names)} besides the card’s ports, but the card makes a LAG only from both its ports and nothing else`,
          evidence: [{ read: `ip link show master ${bond.name}`, saw: [...mine, ...names].join(' ') }],
          remedy: names.map((name) => `ip link set dev ${name} nomaster`),
        },
      ];
    }),
};

/** The card's other port, if nothing more could be seen of it. */
function isOfCard({ pfs }: HostState, parentDev: string | undefined): boolean {
  return pfs.some(({ pci }) => parentDev?.startsWith(pci.slice(0, pci.lastIndexOf('.'))) === true);
}

const mostForLag = 64;

export const tooManyForLag: Ailment = {
  code: 'VF2102',
  costs: lagCosts,
  source: 'facts §1.2 (5), §14.4; mlx5 lag.c',
  texts: [
    "Warning: mlx5_core: Can't activate LAG offload, PF is configured with more than 64 VFs.",
    "Can't activate LAG offload, PF is configured with more than 64 VFs",
  ],
  find: ({ state }) => {
    const bonded = bondsOfPorts(state).some(({ ports }) => ports.length > 1);
    const many = state.pfs.filter(({ totalVfs }) => (seenOf(totalVfs) ?? 0) > mostForLag);
    if (!bonded || lagOf(state)?.state === undefined || many.length === 0) return [];
    return [
      {
        at: many.map(({ pci }) => pci).join(', '),
        message: `the firmware has more than ${mostForLag} VFs per port; above that the card makes no LAG, however few are in use`,
        evidence: many.map(({ pci, totalVfs }) => ({
          read: `/sys/bus/pci/devices/${pci}/sriov_totalvfs`,
          saw: `${seenOf(totalVfs)}`,
        })),
        remedy: [`mstconfig -d ${many[0]?.pci} -y set NUM_OF_VFS=${mostForLag}`, 'reboot'],
      },
    ];
  },
};

export const lagRefused: Ailment = {
  code: 'VF2048',
  costs: lagCosts,
  source: 'facts §1.2 (8), §1.3, §14.3',
  texts: [
    'Failed to activate VF LAG',
    'Make sure all VFs are unbound prior to VF LAG activation or deactivation',
    'CREATE_LAG(0x840) op_mod(0x0) failed, status bad parameter(0x3), syndrome (0x7d49cb), err(-22)',
    'Failed to create LAG (-22)',
    'lag/state: disabled',
  ],
  follows: ['VF2124', 'VF2125', 'VF2126', 'VF2102', 'VF2041'],
  find: (patient) => {
    const { state } = patient;
    const bond = bondsOfPorts(state).find(({ ports }) => ports.length > 1)?.bond;
    const lag = lagOf(state);
    const isReady = state.pfs.every(({ eswitch }) => seenOf(eswitch) === 'switchdev');
    if (bond === undefined || lag?.state !== 'disabled' || !isReady) return [];
    return [refused(patient, bond.name, lag.pci)];
  },
};

function refused({ state, survey }: Patient, bond: string, pci: string): Symptom {
  const bound = vfsOf(state).filter(({ vf }) => vf.driver !== undefined);
  const words = /CREATE_LAG|VF LAG|more than 64 VFs|TX type isn't supported/;
  const lines = (seenOf(survey.log) ?? []).filter(({ text }) => words.test(text)).slice(-3);
  const again = state.pfs[1]?.netdev ?? state.pfs[0]?.netdev ?? '';
  return {
    at: bond,
    message: `both ports are in ${bond} and in switchdev, but the card has made no LAG from them${bound.length > 0 ? `; VFs have a driver: ${some(bound.map(({ vf }) => vf.pci))}` : ''}`,
    evidence: [
      { read: lagFile(pci, 'state'), saw: 'disabled' },
      ...lines.map(({ text }) => ({ read: 'dmesg', saw: text })),
    ],
    remedy: [
      ...bound.slice(0, 8).map(({ vf }) => `echo ${vf.pci} > /sys/bus/pci/drivers/${vf.driver}/unbind`),
      `ip link set dev ${again} down; ip link set dev ${again} master ${bond}; ip link set dev ${again} up`,
      `cat ${lagFile(pci, 'state')} ${lagFile(pci, 'type')}`,
    ],
    advice: 'Stop the guests that have a VF, unbind every VF, and take one port out of the bond and back in:',
  };
}

export const modesDiffer: Ailment = {
  code: 'VF2041',
  costs: lagCosts,
  source: 'facts §1.2 (3), §14.21',
  texts: ['one port in switchdev and one in legacy', 'both e-switches in the same mode'],
  find: ({ state }) => {
    const modes = state.pfs.map((pf) => ({ ...pf, mode: seenOf(pf.eswitch) }));
    const legacy = modes.filter(({ mode }) => mode === 'legacy');
    if (legacy.length === 0 || !modes.some(({ mode }) => mode === 'switchdev')) return [];
    return [
      {
        at: legacy.map(({ pci }) => pci).join(', '),
        message: 'the two ports are in different modes, but the card joins only ports in the same mode',
        evidence: modes.map(({ pci, mode }) => ({
          read: `devlink dev eswitch show pci/${pci}`,
          saw: `mode ${mode}`,
        })),
        remedy: legacy.map(({ pci }) => `devlink dev eswitch set pci/${pci} mode switchdev`),
        advice: 'With the VFs unbound:',
      },
    ];
  },
};

export const metadataOff: Ailment = {
  code: 'VF2127',
  costs:
    'The card’s switches are not joined: VFs of the second port cannot be reached through the first, and none fails over.',
  source: 'facts §1.4 (esw_port_metadata)',
  texts: ['esw_port_metadata false', 'E-Switch must either disabled or non switchdev mode'],
  find: ({ survey }) =>
    Object.entries(seenOf(survey.metadata) ?? {})
      .filter(([, on]) => !on)
      .map(([pci]) => ({
        at: pci,
        message: 'port metadata is switched off, without which the switches of both ports are never joined',
        evidence: [{ read: 'devlink dev param show name esw_port_metadata', saw: `pci/${pci}: value false` }],
        remedy: [
          `devlink dev eswitch set pci/${pci} mode legacy`,
          `devlink dev param set pci/${pci} name esw_port_metadata value true cmode runtime`,
          `devlink dev eswitch set pci/${pci} mode switchdev`,
        ],
        advice: 'It can be set only outside switchdev and without VFs:',
      })),
};

export const rdmaRenamed: Ailment = {
  code: 'VF2103',
  costs: 'DPDK takes the LAG for a single port: it works until that port dies, and a VF does not fail over.',
  source: 'facts §0b, §14.5; rdma-core 60-rdma-persistent-naming.rules, DPDK mlx5_os.c before 26.03',
  texts: ["PCIe instance 0000:03:00.0 isn't bonding owner", 'rocep3s0f0', 'mlx5_bond_0 renamed'],
  find: ({ state }) => {
    const lag = lagOf(state);
    const names = state.pfs.flatMap(({ rdma }) => seenOf(rdma) ?? []);
    const usesDpdk = seenOf(state.ovs)?.settings['dpdk-init'] === 'true';
    if (!usesDpdk || lag?.type !== 'switchdev' || !lag.flags.includes('shared_fdb:on')) return [];
    if (names.length === 0 || names.some((name) => name.includes('bond'))) return [];
    return [
      {
        at: names.join(', '),
        message: `the LAG’s RDMA device is called ${listed(names)}, and DPDK before 26.03 recognizes a bond by "bond" in its name`,
        evidence: [{ read: 'ls /sys/class/infiniband', saw: names.join(' ') }],
        remedy: [
          `rdma dev set ${names[0]} name mlx5_bond_0`,
          'systemctl restart openvswitch-switch',
          'ln -s /dev/null /etc/udev/rules.d/60-rdma-persistent-naming.rules',
        ],
        advice: 'The last one keeps udev from renaming it at the next boot.',
      },
    ];
  },
};
