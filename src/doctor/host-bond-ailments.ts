import type { Ailment, Symptom } from './ailment.ts';
import { bondsOfPorts, linksOf, listed, portsOf } from './seen-parts.ts';

export const halfBonded: Ailment = {
  code: 'VF2126',
  costs: 'One port is all there is: when its cable, its switch or its optics die, so does everything on it.',
  source: 'facts §1.2 (1)',
  texts: ['only one port of the card is in the bond', 'ports in different bonds'],
  find: ({ state }) => {
    const ports = portsOf(state);
    const bonds = bondsOfPorts(state);
    const [first] = bonds;
    if (
      first === undefined ||
      ports.length < 2 ||
      (bonds.length === 1 && first.ports.length === ports.length)
    )
      return [];
    const outside = ports.filter(({ link }) => link.master !== first.bond.name).map(({ link }) => link.name);
    return [
      {
        at: first.bond.name,
        message: `${listed(outside)} is not in ${first.bond.name}, where the other port of the card is`,
        evidence: ports.map(({ link }) => ({
          read: `ip link show ${link.name}`,
          saw: `master ${link.master ?? 'none'}`,
        })),
        remedy: outside.flatMap((name) => [
          `ip link set dev ${name} down`,
          `ip link set dev ${name} master ${first.bond.name}`,
          `ip link set dev ${name} up`,
        ]),
      },
    ];
  },
};

export const hostBondUnwatched: Ailment = {
  code: 'VF2046',
  costs: 'The bond never leaves a dead port.',
  source: 'facts §8; bond_main.c',
  texts: ['MII Polling Interval (ms): 0', 'bond does not fail over', 'miimon 0'],
  find: ({ state }) =>
    bondsOfPorts(state)
      .filter(({ bond }) => bond.bond?.miimonMs === 0 && bond.bond.arpIntervalMs === 0)
      .map(({ bond }) => ({
        at: bond.name,
        message: `${bond.name} monitors neither link nor ARP`,
        evidence: [{ read: `ip -d link show ${bond.name}`, saw: 'miimon 0, arp_interval 0' }],
        remedy: [`ip link set dev ${bond.name} type bond miimon 100`],
      })),
};

export const ownArpTarget: Ailment = {
  code: 'VF2148',
  costs: 'The host or the card itself answers the monitor, so a dead switch passes for alive.',
  source: 'facts §17 (ARP targets must be off the host)',
  texts: ['arp_ip_target is a local address'],
  find: ({ state }) => {
    const own = new Set(
      linksOf(state).flatMap(({ addresses }) => addresses.map((cidr) => cidr.replace(/\/.*/, ''))),
    );
    return linksOf(state).flatMap(({ name, bond }): readonly Symptom[] => {
      const mine = (bond?.arpTargets ?? []).filter((target) => own.has(target));
      if (mine.length === 0) return [];
      return [
        {
          at: name,
          message: `${name} asks ${listed(mine)} whether its ports are alive, which is this host’s own address`,
          evidence: [{ read: `ip -d link show ${name}`, saw: `arp_ip_target ${mine.join(',')}` }],
          remedy: [`ip link set dev ${name} type bond arp_ip_target GATEWAY`],
          advice: 'Use one behind the switch, such as the gateway:',
        },
      ];
    });
  },
};
