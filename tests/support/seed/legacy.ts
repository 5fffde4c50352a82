import { autoprobeOff, handedOver, started } from './common.ts';
import { type Chapter, inGuest, planned } from './row.ts';

const vfs = ['0000:03:00.3', '0000:03:02.3'];

function pool(netdev: string, pf: string) {
  return planned(
    `echo '2' | sudo tee -a /sys/class/net/${netdev}/device/sriov_numvfs`,
    `echo 2 > /sys/bus/pci/devices/${pf}/sriov_numvfs`,
  );
}

function vlan(netdev: string) {
  return planned(`sudo ip link set dev ${netdev} vf 1 vlan 40`, `ip link set dev ${netdev} vf 1 vlan 40`);
}

function mtu(netdev: string) {
  return planned(`sudo ip link set mtu 9080 dev ${netdev}`, `ip link set dev ${netdev} mtu 9080`);
}

const newBond = 'type bond mode active-backup fail_over_mac active num_grat_arp 3 miimon 100';
/** A new bond is down, so nothing has to take it down. */
const made = [`ip link add name storage ${newBond}`];
const madeHere = [`ip -n bench link add name storage ${newBond}`];

/** The VM’s member as typed; then its name in the recipe for a VM; then the namespace’s. */
const members = [
  ['ens4', '"$vf0"', 'storage-p0'],
  ['ens5', '"$vf1"', 'storage-p1'],
] as const;

export const legacyChapters: readonly Chapter[] = [
  {
    name: 'approach 1: host',
    datapath: 'legacy-vlan',
    commands: [
      pool('enp3s0f1np1', '0000:03:00.1'),
      pool('enp3s0f0np0', '0000:03:00.0'),
      vlan('enp3s0f0np0'),
      vlan('enp3s0f1np1'),
      ...handedOver(vfs, { append: false, perVf: autoprobeOff }),
      mtu('enp3s0f0np0'),
      mtu('enp3s0f1np1'),
      ...started(vfs),
    ],
  },
  {
    name: 'approach 1: VM',
    datapath: 'legacy-vlan',
    inGuest: true,
    commands: [
      inGuest('sudo ip link add dev bond0 type bond mode active-backup miimon 100', made, madeHere),
      ...members.map(([typed, vm, ns]) =>
        inGuest(
          `ip link set dev ${typed} down`,
          [`ip link set dev ${vm} down`],
          [`ip -n bench link set dev ${ns} down`],
        ),
      ),
      inGuest('ip link set dev bond0 down', made, madeHere),
      ...members.map(([typed, vm, ns]) =>
        inGuest(
          `ip link set ${typed} master bond0`,
          [`ip link set dev ${vm} master storage`],
          [`ip -n bench link set dev ${ns} master storage`],
        ),
      ),
      // The bond brings up a new member and gives it its MTU (facts §5).
      ...members.map(([typed, , ns]) =>
        inGuest(
          `ip link set dev ${typed} up mtu 9000`,
          ['ip link set dev storage mtu 9000 up'],
          [`ip -n bench link set dev ${ns} up`],
        ),
      ),
      inGuest(
        'ip link set dev bond0 up mtu 9000',
        ['ip link set dev storage mtu 9000 up'],
        ['ip -n bench link set dev storage mtu 9000', 'ip -n bench link set dev storage up'],
      ),
      inGuest(
        'ip addr add 192.168.10.2/24 dev bond0',
        ['ip addr add 192.168.10.2/24 dev storage'],
        ['ip -n bench addr replace 192.168.10.3/24 dev storage'],
      ),
    ],
  },
];
