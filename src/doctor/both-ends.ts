import type { Diagnosis } from '../model/finding.ts';
import type { OvsBridge, OvsPort } from '../model/ovs-state.ts';
import { type Ailment, diagnosed, type Patient, type Symptom } from './ailment.ts';
import { netdevWith } from './host-ailments.ts';
import { linksOf, seenOf, tunnelsOf } from './seen-parts.ts';

/** What only two hosts together show. */
export type Pairing = Omit<Ailment, 'find'> & {
  readonly compare: (near: Patient, far: Patient) => readonly Symptom[];
};

interface End {
  readonly bridge: OvsBridge;
  readonly port: OvsPort;
}

/** Tunnels of one host that name the other one's address as their far end. */
function towards(near: Patient, far: Patient): readonly End[] {
  const there = new Set(
    linksOf(far.state).flatMap(({ addresses }) => addresses.map((cidr) => cidr.replace(/\/.*$/, ''))),
  );
  return tunnelsOf(near.state).filter(({ port }) => there.has(port.options.remote_ip ?? ''));
}

function answering(near: End, far: Patient): End | undefined {
  return tunnelsOf(far.state).find(
    ({ port }) =>
      port.options.key === near.port.options.key && port.options.remote_ip === near.port.options.local_ip,
  );
}

const vniDiffers: Pairing = {
  code: 'VF2155',
  costs: 'The two hosts are not on one network: what one sends, the other drops.',
  source: 'facts §7.3, §17; RFC 7348',
  texts: ['VNI differs between the ends of a tunnel', 'no tunnel of that VNI on the other host'],
  compare: (near, far) =>
    towards(near, far).flatMap((end): readonly Symptom[] => {
      const { key, local_ip: local } = end.port.options;
      const others = tunnelsOf(far.state).filter(({ port }) => port.options.remote_ip === local);
      if (local === undefined || others.length === 0 || others.some(({ port }) => port.options.key === key))
        return [];
      const theirs = others.map(({ port }) => port.options.key ?? 'none').join(', ');
      return [
        {
          at: `${end.bridge.name}/${end.port.name}`,
          message: `the tunnel to ${far.host} has VNI ${key}, but ${far.host} has ${theirs} for this host`,
          evidence: [
            { read: `ovs-vsctl get Interface ${end.port.name} options:key`, saw: key ?? 'none' },
            ...others.map(({ port }) => ({
              read: `${far.host}: ovs-vsctl get Interface ${port.name} options:key`,
              saw: port.options.key ?? 'none',
            })),
          ],
          remedy: [`ovs-vsctl set Interface ${end.port.name} options:key=${others[0]?.port.options.key}`],
          advice: 'On whichever end is wrong:',
        },
      ];
    }),
};

const remoteDiffers: Pairing = {
  code: 'VF2156',
  costs: 'Frames go one way only: the far end has no tunnel for them, and drops them.',
  source: 'facts §7.3; ofproto/tunnel.c',
  texts: [
    'receive tunnel port not found',
    'remote_ip does not match the other end',
    'tunnel works in one direction',
  ],
  compare: (near, far) =>
    towards(near, far).flatMap((end): readonly Symptom[] => {
      const { key, local_ip: local } = end.port.options;
      const sameNetwork = tunnelsOf(far.state).filter(({ port }) => port.options.key === key);
      if (
        local === undefined ||
        answering(end, far) ||
        tunnelsOf(far.state).some(({ port }) => port.options.remote_ip === local)
      )
        return [];
      const theirs =
        sameNetwork.map(({ port }) => port.options.remote_ip ?? 'none').join(', ') || 'no tunnel of that VNI';
      return [
        {
          at: `${end.bridge.name}/${end.port.name}`,
          message: `the tunnel to ${far.host} sends from ${local}, but ${far.host} has no tunnel back to ${local} (${theirs})`,
          evidence: [
            {
              read: `ovs-vsctl get Interface ${end.port.name} options`,
              saw: `local_ip ${local}, remote_ip ${end.port.options.remote_ip}, key ${key}`,
            },
            { read: `${far.host}: ovs-vsctl --columns=name,options find Interface type=vxlan`, saw: theirs },
          ],
          remedy: [
            `ovs-vsctl set Interface ${sameNetwork[0]?.port.name ?? 'TUNNEL'} options:remote_ip=${local}   # on ${far.host}`,
          ],
        },
      ];
    }),
};

const mtuDiffers: Pairing = {
  code: 'VF2157',
  costs: 'Large packets pass in one direction and vanish in the other.',
  source: 'facts §7.4',
  texts: ['MTU differs between the ends of a tunnel', 'large packets are lost in one direction'],
  compare: (near, far) =>
    towards(near, far).flatMap((end): readonly Symptom[] => {
      const back = answering(end, far);
      const here = netdevWith(near, end.port.options.local_ip);
      const there = netdevWith(far, end.port.options.remote_ip);
      // Reported once, for the smaller end.
      if (!back || !here || !there || here.mtu >= there.mtu) return [];
      return [
        {
          at: here.name,
          message: `${here.name}, which carries the tunnel to ${far.host}, has an MTU of ${here.mtu}, but its other end ${there.mtu} (${there.name})`,
          evidence: [
            { read: `ip link show ${here.name}`, saw: `mtu ${here.mtu}` },
            { read: `${far.host}: ip link show ${there.name}`, saw: `mtu ${there.mtu}` },
          ],
          remedy: [`ip link set dev ${here.name} mtu ${there.mtu}`],
        },
      ];
    }),
};

const clocksApart: Pairing = {
  code: 'VF2159',
  costs: 'The logs and journals of the two cannot be compared side by side.',
  source: 'proc_stat(5)',
  texts: ['the clocks of two hosts differ'],
  compare: (near, far) => {
    const [one, other] = [near, far].map(({ survey }) => seenOf(survey.clock));
    if (one === undefined || other === undefined) return [];
    const apartMs = one.hostMs - one.oursMs - (other.hostMs - other.oursMs);
    if (apartMs < leastApartMs) return [];
    return [
      {
        message: `its clock is ${Math.round(apartMs / 1000)} s ahead of ${far.host}’s`,
        evidence: [
          { read: '/proc/stat (btime), /proc/uptime', saw: new Date(one.hostMs).toISOString() },
          { read: `${far.host}: the same`, saw: new Date(other.hostMs).toISOString() },
        ],
        remedy: ['timedatectl set-ntp true'],
        advice: 'On both:',
      },
    ];
  },
};

const leastApartMs = 5000;

const firmwareApart: Pairing = {
  code: 'VF2116',
  costs: 'None by itself; a fault on one host but not the other may be the firmware’s.',
  source: 'facts §6.1, §14.16',
  texts: [
    'firmware differs between hosts',
    'PSID mismatch. The PSID on flash (X) differs from the PSID in the given image (Y).',
  ],
  compare: (near, far) => {
    const [mine, theirs] = [near, far].map(firmwareOf);
    if (mine === undefined || theirs === undefined || mine.psid !== theirs.psid) return [];
    // Reported once, for the older one.
    if (mine.running >= theirs.running) return [];
    return [
      {
        at: mine.pci,
        message: `the card runs firmware ${mine.running}, but the same card on ${far.host} ${theirs.running}`,
        evidence: [
          { read: 'devlink dev info', saw: `${mine.psid}, running ${mine.running}` },
          { read: `${far.host}: devlink dev info`, saw: `${theirs.psid}, running ${theirs.running}` },
        ],
        remedy: ['mstflint -d PCI q'],
      },
    ];
  },
};

function firmwareOf({ survey }: Patient) {
  for (const [pci, { firmware }] of Object.entries(survey.cards)) {
    const seen = seenOf(firmware);
    if (seen?.psid !== undefined && seen.running !== undefined)
      return { pci, psid: seen.psid, running: seen.running };
  }
  return undefined;
}

export const pairings: readonly Pairing[] = [
  vniDiffers,
  remoteDiffers,
  mtuDiffers,
  clocksApart,
  firmwareApart,
];

/** What shows only when two hosts are compared, by the host that it is reported for. */
export function comparePairs(
  patients: readonly Patient[],
): readonly { readonly host: string; readonly diagnosis: Diagnosis }[] {
  return patients.flatMap((near) =>
    patients
      .filter((far) => far.host !== near.host)
      .flatMap((far) =>
        pairings.flatMap(({ compare, ...about }) =>
          compare(near, far).map((symptom) => ({
            host: near.host,
            diagnosis: diagnosed({ ...about, find: () => [] }, near, symptom),
          })),
        ),
      ),
  );
}
