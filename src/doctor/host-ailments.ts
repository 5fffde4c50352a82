import type { Owner } from '../model/survey.ts';
import type { Ailment, Patient, Symptom } from './ailment.ts';
import { linksOf, listed, portsOf, seenOf, setting } from './seen-parts.ts';

/** Whether the card is in use here: it does not matter who else claims an unused one. */
function isUsed({ state, ledger }: Patient): boolean {
  const inUse = state.pfs.some(
    ({ eswitch, numVfs }) => seenOf(eswitch) === 'switchdev' || (seenOf(numVfs) ?? 0) > 0,
  );
  return inUse || ledger.entries.size > 0;
}

function ownerAilment(
  code: string,
  by: Owner['by'],
  remedy: (netdev: string) => readonly string[],
  texts: readonly string[],
): Ailment {
  return {
    code,
    costs:
      'Two services configure the same netdev: what one sets, the other undoes, at its next start at the latest.',
    source: 'facts §15 (prior art), §17; the manuals of the four',
    texts,
    find: (patient) => {
      const owned = (seenOf(patient.survey.owners) ?? []).filter((one) => one.by === by);
      if (owned.length === 0 || !isUsed(patient)) return [];
      return [
        {
          at: listed(owned.map(({ netdev }) => netdev)),
          message: `${by} configures ${listed([...new Set(owned.map(({ netdev }) => netdev))])} as well`,
          evidence: owned.slice(0, 4).map(({ path, says }) => ({ read: path, saw: says })),
          remedy: [...new Set(owned.map(({ netdev }) => netdev))].flatMap(remedy),
          advice: 'If it carries nothing that the host itself needs, leave it to only one of them:',
        },
      ];
    },
  };
}

export const ownedByNetworkManager = ownerAilment(
  'VF2161',
  'NetworkManager',
  (netdev) => [`nmcli device set ${netdev} managed no`],
  ['NetworkManager manages the port', 'device (enp3s0f0np0): state change'],
);

export const ownedByNetworkd = ownerAilment(
  'VF2162',
  'systemd-networkd',
  (netdev) => [
    `printf '[Match]\\nName=${netdev}\\n[Link]\\nUnmanaged=yes\\n' > /etc/systemd/network/05-vflane-${netdev}.network`,
    'networkctl reload',
  ],
  ['systemd-networkd manages the port', 'enp3s0f0np0: Configuring with /etc/systemd/network'],
);

export const ownedByNetplan = ownerAilment(
  'VF2163',
  'netplan',
  (netdev) => [`grep -rn ${netdev} /etc/netplan`, `netplan set ethernets.${netdev}=null; netplan apply`],
  ['netplan apply takes the port', 'netplan rebind', 'embedded-switch-mode'],
);

export const ownedByIfupdown = ownerAilment(
  'VF2165',
  'ifupdown',
  (netdev) => [
    `ifdown --force ${netdev}; sed -i '/^\\(auto\\|allow-hotplug\\|iface\\) ${netdev}\\b/s/^/#/' /etc/network/interfaces`,
  ],
  ['ifup: failed to bring up enp3s0f0np0', 'networking.service'],
);

/** More than the reading itself takes, plus the two files' resolution of a second. */
const skewMs = 5000;

export const clockSkew: Ailment = {
  code: 'VF2158',
  costs:
    'A plan that waits for confirmation is taken back too early or too late, and the logs of two hosts cannot be compared side by side.',
  source: 'design: apply --confirm-within; proc_stat(5)',
  texts: ['clock skew detected', 'the clocks of the hosts differ', 'timestamp in the future'],
  find: ({ survey }) => {
    const clock = seenOf(survey.clock);
    if (clock === undefined) return [];
    const ahead = clock.hostMs - clock.oursMs;
    if (Math.abs(ahead) < skewMs) return [];
    return [
      {
        message: `its clock is ${Math.round(Math.abs(ahead) / 1000)} s ${ahead > 0 ? 'ahead of' : 'behind'} the one here`,
        evidence: [
          { read: '/proc/stat (btime), /proc/uptime', saw: new Date(clock.hostMs).toISOString() },
          { read: 'the clock here', saw: new Date(clock.oursMs).toISOString() },
        ],
        remedy: ['timedatectl set-ntp true', 'timedatectl timesync-status || chronyc tracking'],
      },
    ];
  },
};

export const lostByReboot: Ailment = {
  code: 'VF2118',
  costs: 'The guests’ VFs are not there, or lack their settings, until somebody applies again.',
  source: 'facts §2.1, §3.1, §13.12, §14.18',
  texts: [
    'settings are lost after a reboot',
    'VFs are gone after a reboot',
    'sriov_numvfs is 0 after a reboot',
  ],
  find: ({ state, ledger }) => {
    const made = [...ledger.entries.values()].filter(
      ({ resource, value }) => resource === 'num-vfs' && Number(value) > 0,
    );
    const gone = made.filter(({ at }) => state.pfs.some(({ pci, numVfs }) => pci === at && numVfs === 0));
    if (gone.length === 0) return [];
    return [
      {
        at: listed(gone.map(({ at }) => at)),
        message: `vflane made VFs on ${listed(gone.map(({ at }) => at))}, but there are none: the host was rebooted, or the driver reloaded`,
        evidence: gone.map(({ at, value }) => ({
          read: `/sys/bus/pci/devices/${at}/sriov_numvfs`,
          saw: `0, and the journal has ${JSON.stringify(value)}`,
        })),
        remedy: ['vflane apply'],
      },
    ];
  },
};

export const tooFewPages: Ailment = {
  code: 'VF2121',
  costs: 'Under DPDK ovs-vswitchd exits when it starts, or its ports get no buffers.',
  source: 'facts §7.1, §13.10, §14.22',
  texts: [
    'Cannot init EAL (Cannot allocate memory)',
    'EAL: No free 2048 kB hugepages reported on node 0',
    'EAL: FATAL: Cannot get hugepage information.',
    'Insufficient memory to create memory pool for netdev',
  ],
  find: ({ state }) => {
    if (setting(state, 'dpdk-init') !== 'true') return [];
    const places = Object.entries(state.hugepages ?? {}).flatMap(([place, pages]) => {
      const seen = seenOf(pages);
      return seen === undefined ? [] : [{ place, pages: seen }];
    });
    const poor = places.filter(({ pages }) => pages < enoughPages);
    if (poor.length === 0 || places.some(({ place, pages }) => place !== 'host' && pages >= enoughPages))
      return [];
    return [
      {
        at: poor.map(({ place }) => place).join(', '),
        message: `DPDK is asked for, but there are ${poor.map(({ place, pages }) => `${pages} pages of 2 MiB (${place})`).join(', ')}: the seed’s two sizes of MTU take ${enoughPages}`,
        evidence: poor.map(({ place, pages }) => ({ read: pagesPath(place), saw: `${pages}` })),
        remedy: [
          `echo ${enoughPages} > ${pagesPath(poor.at(-1)?.place ?? 'host')}`,
          'systemctl restart openvswitch-switch',
        ],
      },
    ];
  },
};

const enoughPages = 1024;

function pagesPath(place: string): string {
  const folder = place === 'host' ? '/sys/kernel/mm' : `/sys/devices/system/node/${place}`;
  return `${folder}/hugepages/hugepages-2048kB/nr_hugepages`;
}

export const noRoot: Ailment = {
  code: 'VF2006',
  costs:
    'Nothing can be set up, and part of what is there cannot be seen: the LAG, the kernel’s log, who holds a VF.',
  source: 'facts §0b, §1.1 (debugfs), §14.19',
  texts: [
    'RTNETLINK answers: Operation not permitted',
    'Permission denied',
    'read kernel buffer failed: Operation not permitted',
  ],
  find: ({ state }) =>
    state.root
      ? []
      : [
          {
            message: 'vflane is not root there',
            evidence: [{ read: '/proc/self/status', saw: 'effective user id is not 0' }],
            remedy: ['sudo vflane doctor'],
          },
        ],
};

/** The netdev that has an address of the tunnels. */
export function netdevWith(patient: Patient, address: string | undefined) {
  return address === undefined
    ? undefined
    : linksOf(patient.state).find(({ addresses }) =>
        addresses.some((cidr) => cidr.replace(/\/.*$/, '') === address),
      );
}

export const sameSpeed: Ailment = {
  code: 'VF2166',
  costs: 'After a failover everything runs at the slower port’s speed.',
  source: 'facts §1.2, §11',
  texts: ['ports of a bond have different speeds', 'Speed: 25000Mb/s'],
  find: ({ state, survey }) => {
    const ports = portsOf(state).flatMap(
      ({ link }): readonly { readonly name: string; readonly speed: number }[] => {
        const speed = survey.speeds[link.name];
        return speed === undefined ? [] : [{ name: link.name, speed }];
      },
    );
    const [first] = ports;
    if (first === undefined || ports.every(({ speed }) => speed === first.speed)) return [];
    return [
      {
        at: ports.map(({ name }) => name).join(', '),
        message: `the card’s ports run at different speeds: ${listed(ports.map(({ name, speed }) => `${name} ${speed / 1000} Gb/s`))}`,
        evidence: ports.map(({ name, speed }) => ({ read: `/sys/class/net/${name}/speed`, saw: `${speed}` })),
        remedy: ports.map(({ name }) => `ethtool ${name}`),
        advice: 'Check the modules, the cables and the switch ports:',
      },
    ] satisfies readonly Symptom[];
  },
};
