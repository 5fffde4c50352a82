import { finding } from '../model/catalogue.ts';
import type { Connect, Datapath } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import { quoted } from './grammar.ts';
import { onOneCard } from './nic.ts';
import type { ReadHost } from './reading.ts';
import { isOverlay, usersOf } from './reading-views.ts';
import { type Rule, twice, type WhereOf } from './rule.ts';

function encapsulation(datapath: Datapath): 'VLAN' | 'VXLAN' {
  return isOverlay(datapath) ? 'VXLAN' : 'VLAN';
}

/** Guests of one network on hosts with different encapsulations would never hear each other. Reported once per side. */
export const oneEncapsulationANetwork: Rule = (fabric, where) => {
  const clashes = new Map<ReadHost, Clash[]>();
  for (const [network, users] of usersOf(fabric)) {
    const [first, ...rest] = users.filter((host) => host.datapath !== undefined);
    const second = rest.find((host) => first && differ(first, host));
    if (!first || !second) continue;
    clashes.set(first, [...(clashes.get(first) ?? []), { network, other: second }]);
    clashes.set(second, [...(clashes.get(second) ?? []), { network, other: first }]);
  }
  return [...clashes].map(([host, found]) => clash(host, found, where));
};

interface Clash {
  readonly network: string;
  readonly other: ReadHost;
}

function differ(a: ReadHost, b: ReadHost): boolean {
  return (
    a.datapath !== undefined &&
    b.datapath !== undefined &&
    encapsulation(a.datapath) !== encapsulation(b.datapath)
  );
}

function clash(host: ReadHost, found: readonly Clash[], where: WhereOf): Finding {
  const networks = found.map((one) => quoted(one.network));
  const shown =
    networks.length > 3
      ? `${networks.slice(0, 3).join(', ')} and ${networks.length - 3} more`
      : networks.join(', ');
  const [{ other } = { other: host }] = found;
  const message = `${host.datapath} carries ${shown} over ${encapsulation(host.datapath ?? 'legacy-vlan')}, and host ${quoted(other.key)} (${other.datapath}) over ${encapsulation(other.datapath ?? 'legacy-vlan')}`;
  const hint = 'give all hosts of a network datapaths of one kind: legacy-vlan, or ovs-tc and ovs-dpdk';
  return finding('VF1003', where([...host.path, 'datapath']), message, hint);
}

export const poolsHoldTheGuests: Rule = (fabric, where) =>
  fabric.hosts.flatMap((host) => {
    if (host.vfs === undefined || host.datapath === undefined || host.nic?.kind !== 'pfs') return [];
    const attachments = host.guests.reduce((sum, guest) => sum + guest.attachments.length, 0);
    // legacy-vlan takes a VF on each port for an attachment; the overlays take port 0's pool first, then port 1's.
    const needed = isOverlay(host.datapath) ? Math.ceil(attachments / 2) : attachments;
    if (needed <= host.vfs) return [];
    const message = `${attachments} attachments need ${needed} VFs on each port, and the pool has ${host.vfs}`;
    return [finding('VF1023', where([...host.path, 'vfs']), message, `write vfs: ${needed} or more`)];
  });

/** A VF that the file names has to be in the pool, and may be named once only. */
export const vfsAreGivenOnce: Rule = (fabric, where) =>
  fabric.hosts.flatMap((host) => {
    if (host.vfs === undefined || host.datapath === undefined || host.nic?.kind !== 'pfs') return [];
    const given = host.guests.flatMap(({ attachments }) => attachments).filter(({ vf }) => vf !== undefined);
    const pool = isOverlay(host.datapath) ? 2 * host.vfs : host.vfs;
    const beyond = given
      .filter(({ vf = 0 }) => vf >= pool)
      .map(({ vf, path }) => {
        const message = `there is no VF ${vf} in a pool of ${pool}`;
        return finding('VF2280', where([...path, 'vf']), message, `allowed: 0 to ${pool - 1}`);
      });
    const again = twice(given, ({ vf }) => `${vf}`).map(([, { vf, path }]) => {
      const message = `VF ${vf} already belongs to another attachment on this host`;
      return finding('VF2280', where([...path, 'vf']), message, 'give each its own, or leave the key out');
    });
    return [...beyond, ...again];
  });

export const foundPlacesArePlaces: Rule = (fabric, where) =>
  fabric.hosts.flatMap(({ noPlaces }) =>
    noPlaces.map(({ value, path }) => {
      const hint = 'write the smaller number first: "0000:03:00.0/2-4"';
      return finding('VF2281', where(path, 'key'), `${quoted(value)} is not a run of VFs`, hint);
    }),
  );

/** The firmware forms no LAG while a PF may have more than 64 VFs (facts §17). */
export const lagKeepsPoolsSmall: Rule = (fabric, where) =>
  fabric.hosts
    .filter((host) => isOverlay(host.datapath) && host.nic?.kind === 'pfs' && (host.vfs ?? 0) > 64)
    .map((host) => {
      const message = `${host.datapath} bonds both ports on the card, which takes at most 64 VFs on each, not ${host.vfs}`;
      return finding('VF1024', where([...host.path, 'vfs']), message, 'allowed with a LAG: 1 to 64');
    });

export const hostsAreReachedOnce: Rule = (fabric, where) =>
  twice(fabric.hosts, (host) => wayTo(host.connect)).map(([first, second]) => {
    const message = `host ${quoted(first.key)} is already reached by ${quoted(first.connectText ?? '')}`;
    return finding(
      'VF1038',
      where([...second.path, 'connect']),
      message,
      'one machine is one host: put its guests together',
    );
  });

/** Each simulated host is a machine of its own. */
function wayTo(connect: Connect | undefined): string | undefined {
  if (!connect || connect.kind === 'sim') return undefined;
  if (connect.kind === 'local') return 'local';
  return connect.kind === 'lab' ? `lab ${connect.machine}` : `ssh ${connect.destination}`;
}

/** The overlays bond the two ports inside the card. */
export const portsOfOneCard: Rule = (fabric, where) =>
  fabric.hosts.flatMap((host) => {
    if (host.nic?.kind !== 'pfs' || onOneCard(host.nic.pfs)) return [];
    const message = `${host.nic.pfs.join(' and ')} are functions of different cards`;
    const at = where([...host.path, 'nic']);
    return isOverlay(host.datapath)
      ? [
          finding(
            'VF1033',
            at,
            message,
            `${host.datapath} needs both ports of one card, such as "0000:03:00"`,
          ),
        ]
      : [
          finding(
            'VF1039',
            at,
            message,
            'see that it is meant so: the ports of a card are its functions .0 and .1',
          ),
        ];
  });

export const softwareOffloadsNothing: Rule = (fabric, where) =>
  fabric.hosts
    .filter((host) => host.nic?.kind === 'software' && host.offload === 'required')
    .map((host) => {
      const message = 'nic is software, so there is no card that could offload anything';
      return finding(
        'VF1041',
        where([...host.path, 'offload']),
        message,
        'write off or preferred, or name a card',
      );
    });
