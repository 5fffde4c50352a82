import { autoprobeOff, handedOver, started } from './common.ts';
import { better, inGuest, planned, type SeedCommand, toldOf } from './row.ts';

/** What approaches 2 and 3 have in common: the card, the bond, the VF and the guest. */

const netdevs = ['enp3s0f0np0', 'enp3s0f1np1'] as const;

export function emptied(netdev: string, pf: string): SeedCommand {
  return toldOf(
    `echo '0' | sudo tee -a /sys/class/net/${netdev}/device/sriov_numvfs`,
    'VFs that somebody else made are not vflane’s to destroy: a finding has the command. Its own pool it keeps.',
    {
      after: [`echo 1 > /sys/class/net/${netdev}/device/sriov_numvfs`],
      code: 'VF3002',
      says: new RegExp(`echo 0 > /sys/bus/pci/devices/${pf}/sriov_numvfs`),
    },
  );
}

export const switched: readonly SeedCommand[] = ['0000:03:00.0', '0000:03:00.1'].map((pf) =>
  planned(
    `sudo devlink dev eswitch set pci/${pf} mode switchdev`,
    `devlink dev eswitch set pci/${pf} mode switchdev`,
  ),
);

/** A member that is up is refused (facts §5), so each is taken down first, whether that was typed or not. */
export const bonded: readonly SeedCommand[] = [
  planned(
    'sudo ip link add dev bond0 type bond mode active-backup miimon 100',
    'ip link add name bond0 type bond mode active-backup miimon 100',
  ),
  ...netdevs.map((netdev) =>
    planned(
      `sudo ip link set dev ${netdev} master bond0`,
      `ip link set dev ${netdev} down`,
      `ip link set dev ${netdev} master bond0`,
    ),
  ),
];

export const lagAwaited: SeedCommand = better(
  'while ! [ $(sudo cat /sys/kernel/debug/mlx5/0000:03:00.0/lag/state) == "active" ]; do printf .; sleep 1; done; echo',
  'A RoCE LAG is active as well (facts §1.1): state and type are waited for, with a deadline, and before there are VFs.',
  [
    /^wait .*\/0000:03:00\.0\/lag\/state is active within \d+ ms$/,
    /^wait .*\/0000:03:00\.0\/lag\/type is switchdev within \d+ ms$/,
  ],
);

export const pooled: SeedCommand = planned(
  "echo '2' | sudo tee -a /sys/class/net/enp3s0f0np0/device/sriov_numvfs",
  'echo 2 > /sys/bus/pci/devices/0000:03:00.0/sriov_numvfs',
);

export const given: readonly SeedCommand[] = [
  ...handedOver(['0000:03:00.2'], { append: true, perVf: autoprobeOff }),
  ...started(['0000:03:00.2']),
];

/** The guest has one plain NIC: the card fails over below it. */
export const guestSide: readonly SeedCommand[] = [
  inGuest(
    'sudo ip addr add dev ens4 192.168.10.2/24',
    ['ip addr add 192.168.10.2/24 dev "$vf0"'],
    ['ip -n bench addr replace 192.168.10.3/24 dev storage'],
  ),
  inGuest(
    'sudo ip link set dev ens4 up mtu 9000',
    ['ip link set dev "$vf0" mtu 9000 up'],
    ['ip -n bench link set dev storage mtu 9000 up'],
  ),
];
