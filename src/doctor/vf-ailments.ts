import type { VfAdmin } from '../model/host-state.ts';
import type { Ailment, Patient, Symptom } from './ailment.ts';
import { linksOf, listed, seenOf, some, vfsOf } from './seen-parts.ts';

const unset = '00:00:00:00:00:00';

/** VFs whose settings were seen. */
function withAdmin({ state }: Patient) {
  return vfsOf(state).flatMap(({ pf, vf }) => {
    const admin = seenOf<VfAdmin>(vf.admin);
    return admin === undefined ? [] : [{ pf, vf, admin, netdev: pf.netdev ?? pf.pci }];
  });
}

export const stateEnable: Ailment = {
  code: 'VF2110',
  costs:
    'The guest’s VF keeps its carrier when the port loses its link, so a bond that monitors the link never leaves it.',
  source: 'facts §8, §14.12',
  texts: ['link-state enable', 'guest bond does not notice a lost link'],
  find: (patient) => {
    const forced = withAdmin(patient).filter(({ admin }) => admin.linkState === 'enable');
    if (forced.length === 0) return [];
    return [
      {
        at: some(forced.map(({ vf }) => vf.pci)),
        message: `${forced.length === 1 ? 'a VF has' : `${forced.length} VFs have`} its carrier forced on (state enable): a lost link is hidden from the guest`,
        evidence: forced.slice(0, 4).map(({ vf, netdev }) => ({
          read: `ip link show ${netdev}`,
          saw: `vf ${vf.index} link-state enable`,
        })),
        remedy: forced
          .slice(0, 8)
          .map(({ vf, netdev }) => `ip link set dev ${netdev} vf ${vf.index} state auto`),
        advice: 'Or let the guest’s bond monitor by ARP (arp_ip_target).',
      },
    ];
  },
};

export const spoofWithoutMac: Ailment = {
  code: 'VF2112',
  costs:
    'The card drops everything the VF sends: only the MAC that the PF gave it may pass, but it gave none.',
  source: 'facts §4.3; mlx5 esw/acl, esw/legacy.c',
  texts: ['Spoofchk in set while MAC is invalid, vport(1)', 'Spoofchk in set while MAC is invalid'],
  find: (patient) => {
    // Other cards give such a VF a MAC of its own, and check against that.
    const bare = withAdmin(patient).filter(
      ({ pf, vf, admin }) =>
        pf.driver === 'mlx5_core' && admin.spoofchk && admin.mac === unset && vf.driver !== undefined,
    );
    if (bare.length === 0) return [];
    return [
      {
        at: some(bare.map(({ vf }) => vf.pci)),
        message: 'spoofchk is on for a VF that was given no MAC: nothing it sends passes',
        evidence: bare.slice(0, 4).map(({ vf, netdev }) => ({
          read: `ip link show ${netdev}`,
          saw: `vf ${vf.index} link/ether ${unset}, spoof checking on`,
        })),
        remedy: bare
          .slice(0, 8)
          .map(
            ({ pf, vf, netdev }) =>
              `ip link set dev ${netdev} vf ${vf.index} mac 02:00:00:00:${hex(Number(pf.pci.at(-1)))}:${hex(vf.index)}`,
          ),
      },
    ];
  },
};

function hex(index: number): string {
  return (index & 0xff).toString(16).padStart(2, '0');
}

export const sameMacTwice: Ailment = {
  code: 'VF2149',
  costs: 'Traffic between guests of this host is delivered to the backup VF of a bond, which drops it.',
  source: 'facts §8 (do not give both VFs the same MAC); bond_main.c, mlx5 eswitch.c',
  texts: ['both VFs have the same MAC', 'ping between guests of one host is lost'],
  find: (patient) => {
    const set = withAdmin(patient).filter(({ admin }) => admin.mac !== unset);
    const macs = [...new Set(set.map(({ admin }) => admin.mac))];
    return macs.flatMap((mac): readonly Symptom[] => {
      const having = set.filter(({ admin }) => admin.mac === mac);
      if (having.length < 2) return [];
      const [, second] = having;
      return [
        {
          at: listed(having.map(({ vf }) => vf.pci)),
          message: `${having.length} VFs were given the same MAC, ${mac}`,
          evidence: having.map(({ vf, netdev }) => ({
            read: `ip link show ${netdev}`,
            saw: `vf ${vf.index} link/ether ${mac}`,
          })),
          remedy: [`ip link set dev ${second?.netdev} vf ${second?.vf.index} mac ANOTHER`],
          advice:
            'Give each its own, and let the guest’s bond use the active one’s (fail_over_mac=active, num_grat_arp=3):',
        },
      ];
    });
  },
};

export const spareOnWire: Ailment = {
  code: 'VF2147',
  costs: 'A VF without an owner is on the untagged wire, where tunnel endpoints may live.',
  source: 'facts §17 (a VF that nobody owns)',
  texts: ['VF netdev on the host without an owner'],
  find: ({ state }) => {
    const loose = vfsOf(state).flatMap(({ pf, vf }) => {
      const link = linksOf(state).find(({ name }) => name === vf.netdev);
      const admin = seenOf<VfAdmin>(vf.admin);
      const isLegacy = seenOf(pf.eswitch) !== 'switchdev';
      return link?.up &&
        isLegacy &&
        link.addresses.length === 0 &&
        link.master === undefined &&
        admin?.vlan === 0
        ? [{ vf, link }]
        : [];
    });
    if (loose.length === 0) return [];
    return [
      {
        at: some(loose.map(({ vf }) => vf.pci)),
        message: `${loose.length === 1 ? 'a VF is' : `${loose.length} VFs are`} up on the host without VLAN, address or master`,
        evidence: loose
          .slice(0, 4)
          .map(({ vf, link }) => ({ read: `ip link show ${link.name}`, saw: `UP (${vf.pci}, VLAN 0)` })),
        remedy: loose
          .slice(0, 8)
          .map(({ vf }) => `echo ${vf.pci} > /sys/bus/pci/drivers/${vf.driver}/unbind`),
        advice: 'If nobody needs it, leave it without a driver:',
      },
    ];
  },
};

/** What the tools print when `trust` is refused, and why; the seed took it for the reason why failover never happened. */
export const trustRefused: Ailment = {
  code: 'VF2119',
  costs: 'None: in switchdev mode a VF needs no trust, and trust is never why one does not fail over.',
  source: 'facts §0b, §4.2, §14.19; mlx5 eswitch.c (mlx5_esw_allowed)',
  texts: [
    'RTNETLINK answers: Operation not permitted',
    'ip link set vf trust on: Operation not permitted',
    'RTNETLINK answers: Operation not supported',
  ],
  find: ({ state }) => {
    const inSwitchdev = state.pfs.filter(
      ({ eswitch, vfs }) => seenOf(eswitch) === 'switchdev' && vfs.length > 0,
    );
    if (inSwitchdev.length === 0) return [];
    return [
      {
        at: inSwitchdev.map(({ pci }) => pci).join(', '),
        message:
          'in switchdev mode VFs take no trust, spoofchk, state or VLAN: root gets "Operation not supported", and anybody else "Operation not permitted"',
        evidence: [
          ...inSwitchdev.map(({ pci }) => ({
            read: `devlink dev eswitch show pci/${pci}`,
            saw: 'mode switchdev',
          })),
          {
            read: '/proc/self/status',
            saw: state.root ? 'Uid 0: vflane is root here' : 'not root: CAP_NET_ADMIN is missing',
          },
        ],
        remedy: ['sudo ip link set dev PF vf N trust on   # says then: Operation not supported'],
        advice:
          'Nothing has to be done: the bridge’s flows say what a VF may send. "Not permitted" means that the caller was not root:',
      },
    ];
  },
};

/** Only for a search by text: a VF that nobody has bound is normal. */
