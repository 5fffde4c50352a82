import type { Severity } from '../model/finding.ts';
import { isUnseen } from '../model/unseen.ts';
import type { Ailment, Patient, Symptom } from './ailment.ts';
import {
  linkNamed,
  linksOf,
  listed,
  ovsOf,
  ovsPorts,
  representorsOf,
  seenOf,
  setting,
  some,
} from './seen-parts.ts';

const journal = 'journalctl -b -u ovsdb-server -u ovs-vswitchd';

export const databaseDown: Ailment = {
  code: 'VF2050',
  costs:
    'No bridge can be looked at or changed; what forwards now continues until ovs-vswitchd ends as well.',
  source: 'facts §7.5',
  texts: [
    'ovs-vsctl: unix:/var/run/openvswitch/db.sock: database connection failed (No such file or directory)',
    'database connection failed',
  ],
  find: (patient) => {
    const { ovs } = patient.state;
    return ovs !== undefined && isUnseen(ovs) && ovs.lacks === 'service'
      ? [
          {
            severity: needsOvs(patient),
            message: 'Open vSwitch is installed, but its database is not running',
            evidence: [{ read: 'ovs-vsctl list Open_vSwitch', saw: ovs.unseen }],
            remedy: ['systemctl start openvswitch-switch', journal],
          },
        ]
      : [];
  },
};

/** Somebody may have switched off what nothing there uses. */
function needsOvs({ wants, ledger }: Patient): Severity {
  const hasBridges = [...ledger.entries.values()].some(({ resource }) => resource === 'bridge');
  if (hasBridges || wants?.spec.overlay !== undefined) return 'error';
  return wants === undefined ? 'warning' : 'info';
}

export const daemonDown: Ailment = {
  code: 'VF2051',
  costs: 'No bridge of this host forwards anything.',
  source: 'facts §17',
  texts: [
    'ovs-appctl: cannot read pidfile "/var/run/openvswitch/ovs-vswitchd.pid" (No such file or directory)',
    'is not a bridge or a socket',
    'signal 14 (Alarm clock)',
  ],
  find: ({ state }) =>
    ovsOf(state)?.daemon === false
      ? [
          {
            message: 'the database answers, but ovs-vswitchd is not running',
            evidence: [{ read: 'ovs-appctl version', saw: 'no answer' }],
            remedy: ['systemctl restart openvswitch-switch', journal],
          },
        ]
      : [],
};

export const notRestarted: Ailment = {
  code: 'VF2108',
  costs: 'Everything is forwarded by the CPU until the daemon is restarted.',
  source: 'facts §7.1, §14.10',
  texts: [
    'hw-offload takes effect only after a restart',
    'netdev: Flow API Enabled',
    'other_config:hw-offload=true has no effect',
  ],
  find: ({ state, survey }) => {
    const qdiscs = seenOf(survey.qdiscs);
    const ports = ovsPorts(state).filter(
      ({ bridge, port }) => bridge.datapathType !== 'netdev' && port.type === '' && port.error === '',
    );
    const there = ports.filter(
      ({ port }) => linkNamed(state, port.name) !== undefined && port.name !== undefined,
    );
    if (setting(state, 'hw-offload') !== 'true' || qdiscs === undefined || there.length === 0) return [];
    const has = (name: string) =>
      qdiscs.some(({ netdev, kind }) => netdev === name && (kind === 'ingress' || kind === 'clsact'));
    if (ovsOf(state)?.daemon === false || there.some(({ port }) => has(port.name))) return [];
    return [
      {
        at: some(there.map(({ port }) => port.name)),
        message:
          'hw-offload is true in the database, but the running daemon started before it was set: none of its ports has a place for tc rules',
        evidence: [
          { read: 'ovs-vsctl get Open_vSwitch . other_config:hw-offload', saw: 'true' },
          { read: 'tc qdisc show', saw: `no ingress qdisc on ${some(there.map(({ port }) => port.name))}` },
        ],
        remedy: ['systemctl restart openvswitch-switch'],
        advice:
          'It briefly interrupts every bridge of the host and loses OpenFlow flows that were set by hand:',
      },
    ];
  },
};

export const bondBlockMissing: Ailment = {
  code: 'VF2128',
  costs: 'What arrives on that port of the bond misses the offloaded rules and goes through the CPU.',
  source: 'facts §1.4 (ingress_block); netdev-offload-tc.c',
  texts: ['failed to bind LAG member enp3s0f1np1 to primary’s block', 'failed to bind LAG member'],
  find: ({ state, survey }) => {
    const qdiscs = seenOf(survey.qdiscs) ?? [];
    const blockOf = (name: string) =>
      qdiscs.find(({ netdev, block }) => netdev === name && block !== undefined)?.block;
    return ovsPorts(state).flatMap(({ port }): readonly Symptom[] => {
      const block = blockOf(port.name);
      const members = linksOf(state).filter(
        ({ master, slave }) => master === port.name && slave !== undefined,
      );
      const lacking = members.filter(({ name }) => blockOf(name) !== block);
      if (block === undefined || lacking.length === 0) return [];
      const names = lacking.map(({ name }) => name);
      return [
        {
          at: listed(names),
          message: `${listed(names)} does not share ${port.name}’s block of tc rules`,
          evidence: [
            { read: `tc qdisc show dev ${port.name} ingress`, saw: `ingress_block ${block}` },
            ...names.map((name) => ({
              read: `tc qdisc show dev ${name} ingress`,
              saw: `ingress_block ${blockOf(name) ?? 'none'}`,
            })),
          ],
          remedy: names.flatMap((name) => [`ip link set dev ${name} down`, `ip link set dev ${name} up`]),
        },
      ];
    });
  },
};

export const policySkips: Ailment = {
  code: 'VF2138',
  costs: 'skip_hw keeps every rule out of the card; skip_sw leaves what the card cannot do to the slow path.',
  source: 'facts §7.1 (tc-policy)',
  texts: ['tc-policy skip_hw', 'not_in_hw'],
  find: ({ state }) => {
    const policy = setting(state, 'tc-policy');
    if (policy !== 'skip_hw' || setting(state, 'hw-offload') !== 'true') return [];
    return [
      {
        message: 'tc-policy is skip_hw: rules are made, but none goes into the card',
        evidence: [{ read: 'ovs-vsctl get Open_vSwitch . other_config:tc-policy', saw: policy }],
        remedy: [
          'ovs-vsctl remove Open_vSwitch . other_config tc-policy',
          'systemctl restart openvswitch-switch',
        ],
      },
    ];
  },
};

export const portBroken: Ailment = {
  code: 'VF2137',
  costs: 'The port forwards nothing, though ovs-vsctl exited 0.',
  source: 'facts §7.5 (Interface.error)',
  texts: [
    'could not open network device X (No such device)',
    "ovs-vsctl: Error detected while setting up 'X': could not open network device X (No such device).  See ovs-vswitchd log for details.",
    'could not add network device X to ofproto (No such device)',
    "Error attaching device '0000:03:00.0,representor=[0]' to DPDK",
  ],
  follows: ['VF2117', 'VF2123'],
  find: ({ state }) => {
    const broken = ovsPorts(state).filter(({ port }) => port.error !== '');
    const renamed = broken.filter(({ port }) => formerNameOf(state, port.name) !== undefined);
    const others = broken.filter((one) => !renamed.includes(one));
    if (others.length === 0) return [];
    return [
      {
        at: some(others.map(({ bridge, port }) => `${bridge.name}/${port.name}`)),
        message: `${others.length === 1 ? 'a port' : `${others.length} ports`} of Open vSwitch does not work: ${others[0]?.port.error}`,
        evidence: others
          .slice(0, 4)
          .map(({ port }) => ({ read: `ovs-vsctl get Interface ${port.name} error`, saw: port.error })),
        remedy: [
          'tail -n 50 /var/log/openvswitch/ovs-vswitchd.log',
          ...others.slice(0, 4).map(({ bridge, port }) => `ovs-vsctl del-port ${bridge.name} ${port.name}`),
        ],
        advice: 'Make the netdev that it names, then let Open vSwitch try again; or remove the port:',
      },
    ];
  },
};

/** `enp3s0f0npf0vf0` is what systemd before 255 called the representor of VF 0 of port 0, `enp3s0f0r0` since (facts §2.4). */
function formerNameOf(state: Parameters<typeof representorsOf>[0], name: string): string | undefined {
  const [, of, vf] = /f(\d)(?:np\d+)?npf\d+vf(\d+)$/.exec(name) ?? /f(\d)(?:np\d+)?r(\d+)$/.exec(name) ?? [];
  if (of === undefined || vf === undefined || linkNamed(state, name) !== undefined) return undefined;
  return representorsOf(state).find(
    ({ physPortName }) => (physPortName ?? '').replace(/^c\d+/, '') === `pf${of}vf${vf}`,
  )?.name;
}

export const representorRenamed: Ailment = {
  code: 'VF2117',
  costs:
    'The guest behind that representor has no network: the bridge asks for its port by a name that does not exist.',
  source: 'facts §2.4, §14.17; systemd.net-naming-scheme(7)',
  texts: [
    'could not open network device enp3s0f0npf0vf0 (No such device)',
    'Cannot find device "enp3s0f0r0"',
    'Device "enp3s0f0r0" does not exist.',
  ],
  find: ({ state }) =>
    ovsPorts(state).flatMap(({ bridge, port }): readonly Symptom[] => {
      const now = formerNameOf(state, port.name);
      if (port.error === '' || now === undefined) return [];
      return [
        {
          at: `${bridge.name}/${port.name}`,
          message: `${bridge.name} asks for ${port.name}, but that representor is called ${now} here`,
          evidence: [
            { read: `ovs-vsctl get Interface ${port.name} error`, saw: port.error },
            { read: `ip -d link show ${now}`, saw: `portname ${linkNamed(state, now)?.physPortName}` },
          ],
          remedy: [`ovs-vsctl del-port ${bridge.name} ${port.name} -- add-port ${bridge.name} ${now}`],
          advice:
            'Names depend on the release of systemd; find representors by phys_switch_id and phys_port_name. Now:',
        },
      ];
    }),
};
