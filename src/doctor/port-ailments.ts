import type { HostState, LinkState, VfState } from '../model/host-state.ts';
import type { Ailment, Patient, Symptom } from './ailment.ts';
import {
  bondsOfPorts,
  linkNamed,
  linksOf,
  listed,
  portsOf,
  representorsOf,
  seenOf,
  some,
  vfsOf,
} from './seen-parts.ts';

export const oneChannel: Ailment = {
  code: 'VF2104',
  costs: 'One core does all the work of the port: 30 of 90 Gb/s where it was measured.',
  source: 'facts §5, §14.6; mlx5 en_rep.c (MLX5E_REP_PARAMS_DEF_NUM_CHANNELS)',
  texts: ['Combined: 1', 'number of channels drops from 32 to 1', 'throughput drops from 90 to 30 Gbps'],
  find: ({ state }) =>
    state.pfs.flatMap(({ pci, netdev, channels, eswitch }): readonly Symptom[] => {
      const seen = seenOf(channels);
      // Other drivers have their own reasons for one.
      if (seenOf(eswitch) !== 'switchdev') return [];
      if (netdev === undefined || seen === undefined || seen.now > 1 || seen.max < 2) return [];
      return [
        {
          at: pci,
          message: `${netdev} has 1 of its ${seen.max} channels, as every change to switchdev leaves it`,
          evidence: [{ read: `ethtool -l ${netdev}`, saw: `Combined: ${seen.now}, at most ${seen.max}` }],
          remedy: [`ethtool -L ${netdev} combined ${seen.max}`],
        },
      ];
    }),
};

export const representorDown: Ailment = {
  code: 'VF2105',
  costs: 'The VF behind it has no carrier, and its guest no network.',
  source: 'facts §4.3, §8, §14.7',
  texts: ['NO-CARRIER in the guest', 'representor is down', 'link is not ready'],
  find: ({ state }) => {
    const used = new Set(
      vfsOf(state)
        .filter(({ vf }) => isInUse(state, vf))
        .map(({ pf, vf }) => `pf${pf.pci.at(-1)}vf${vf.index}`),
    );
    const down = representorsOf(state).filter(
      ({ up, physPortName }) => !up && used.has(portKey(physPortName)),
    );
    if (down.length === 0) return [];
    const names = down.map(({ name }) => name);
    return [
      {
        at: some(names),
        message:
          names.length === 1
            ? 'the representor is down: the VF behind it has no carrier'
            : `${names.length} representors are down: the VFs behind them have no carrier`,
        evidence: down
          .slice(0, 4)
          .map(({ name, physPortName }) => ({ read: `ip link show ${name}`, saw: `DOWN (${physPortName})` })),
        remedy: names.slice(0, 8).map((name) => `ip link set dev ${name} up`),
      },
    ];
  },
};

/** The driver takes every new VF by itself, so a netdev that is down means nothing. */
function isInUse(state: HostState, { pci, driver, netdev }: VfState): boolean {
  if (driver === 'vfio-pci') return true;
  const inside = Object.values(state.namespaces).flatMap((links) => seenOf(links) ?? []);
  return linkNamed(state, netdev)?.up === true || inside.some(({ parentDev, up }) => up && parentDev === pci);
}

/** `c1pf0vf3` is `pf0vf3` of the same card. */
function portKey(name: string | undefined): string {
  return (name ?? '').replace(/^c\d+/, '');
}

export const portDown: Ailment = {
  code: 'VF2106',
  costs:
    'In legacy mode the VFs of a port that is down on the host have no carrier, even with its cable plugged in.',
  source: 'facts §5, §14.8; mlx5 en_main.c (mlx5e_modify_admin_state)',
  texts: ['PF is administratively down', 'VF has no carrier in legacy mode'],
  find: ({ state }) =>
    portsOf(state)
      .filter(({ pf, link }) => !link.up && (seenOf(pf.numVfs) ?? 0) > 0)
      .map(({ pf, link }) => ({
        at: pf.pci,
        message: `${link.name} is down on the host, and has ${seenOf(pf.numVfs)} VFs`,
        evidence: [{ read: `ip link show ${link.name}`, saw: 'state DOWN, no UP flag' }],
        remedy: [`ip link set dev ${link.name} up`],
      })),
};

export const noCarrier: Ailment = {
  code: 'VF2154',
  costs: 'Whatever is on the other port has nothing to fail over to; the next failure stops it.',
  source: 'facts §8',
  texts: ['NO-CARRIER', 'Link detected: no', 'link down on one port'],
  find: ({ state }) =>
    portsOf(state)
      .filter(({ link }) => link.up && !link.carrier)
      .map(({ pf, link }) => ({
        at: pf.pci,
        message: `${link.name} is up but has no carrier: check the cable, the optics and the switch port`,
        evidence: [{ read: `ip link show ${link.name}`, saw: 'NO-CARRIER' }],
        remedy: [`ethtool ${link.name}`, `ethtool -m ${link.name}`],
        advice: 'See what the port says about its module and its link:',
      })),
};

export const deadSwitch: Ailment = {
  code: 'VF2153',
  costs: 'What uses that port is cut off, and link monitoring (miimon) never notices.',
  source: 'facts §8, §17; bonding.rst (ARP monitoring)',
  texts: [
    'link is up but no packet arrives',
    'Destination Host Unreachable',
    'neighbour FAILED',
    'INCOMPLETE',
  ],
  find: (patient) => [...givenUp(patient), ...unanswered(patient)],
};

/** ARP monitoring has declared a port dead whose link is up. */
function givenUp({ state }: Patient): readonly Symptom[] {
  return linksOf(state)
    .filter(({ carrier, slave }) => carrier && slave?.alive === false)
    .map((link) => ({
      at: link.name,
      message: `${link.name} has carrier, but ${link.master} gets no answer through it: the switch behind it is dead, or carries other VLANs`,
      evidence: [{ read: `ip -d link show ${link.name}`, saw: 'LOWER_UP, mii_status DOWN' }],
      remedy: [`bridge link; ethtool -S ${link.name} | grep -e discard -e error`],
      advice: 'Check the switch: its port is up, but nothing comes through. What the port itself counts:',
    }));
}

/** A bond that monitors only the link, and nobody answers through its active port. */
function unanswered({ state, survey }: Patient): readonly Symptom[] {
  return bondsOfPorts(state).flatMap(({ bond, ports }): readonly Symptom[] => {
    const active = ports.find(({ name }) => name === bond.bond?.activeSlave);
    const over = namesOver(linksOf(state), bond.name);
    const asked = (seenOf(survey.neighbours) ?? []).filter(({ netdev }) => over.includes(netdev));
    if (!active?.carrier || asked.length === 0 || asked.some(({ answered }) => answered)) return [];
    const other = ports.find(({ name, carrier }) => name !== active.name && carrier);
    const [target] = asked;
    return [
      {
        at: active.name,
        message: `${active.name} has carrier and is what ${bond.name} uses, but ${asked.length === 1 ? 'its only neighbour does not answer' : `none of its ${asked.length} neighbours answers`}: the switch behind it may be dead`,
        evidence: [
          {
            read: `ip -d link show ${bond.name}`,
            saw: `miimon ${bond.bond?.miimonMs}, active_slave ${active.name}`,
          },
          ...asked.slice(0, 3).map(({ address, netdev }) => ({
            read: '/proc/net/arp',
            saw: `${address} on ${netdev}: no answer`,
          })),
        ],
        remedy: [
          ...(other ? [`ip link set dev ${bond.name} type bond active_slave ${other.name}`] : []),
          `ip link set dev ${bond.name} type bond miimon 0 arp_interval 100 arp_validate all arp_ip_target ${target?.address}`,
        ],
        advice:
          'Let the bond use the other port now, and from then on monitor by ARP (arp-targets in the file), which sees a dead switch:',
      },
    ];
  });
}

/** A netdev, and the VLANs that stand on it. */
function namesOver(links: readonly LinkState[], name: string): readonly string[] {
  return [name, ...links.filter(({ lower }) => lower === name).map((link) => link.name)];
}

export const strandedOnPort: Ailment = {
  code: 'VF2045',
  costs: 'What is sent from that address leaves past the bond, and is lost if the bond uses the other port.',
  source: 'facts §17 (enslaving a PF strands its address)',
  texts: ['address on a bonded port', 'no route to host after bonding'],
  find: ({ state }) =>
    portsOf(state)
      .filter(({ link }) => link.master !== undefined && link.addresses.length > 0)
      .map(({ link }) => ({
        at: link.name,
        message: `${link.name} belongs to ${link.master} and still carries ${listed(link.addresses)}`,
        evidence: [
          {
            read: `ip addr show ${link.name}`,
            saw: `master ${link.master}, inet ${link.addresses.join(', ')}`,
          },
        ],
        remedy: link.addresses.flatMap((cidr) => [
          `ip addr del ${cidr} dev ${link.name}`,
          `ip addr add ${cidr} dev ${link.master}`,
        ]),
      })),
};

export const offloadSwitchedOff: Ailment = {
  code: 'VF2136',
  costs: 'The card could forward, but the host’s CPU does.',
  source: 'facts §5 (hw-tc-offload)',
  texts: ['hw-tc-offload: off', 'failed to offload flow: Operation not supported'],
  find: ({ state }) =>
    state.pfs.flatMap(({ pci, netdev, tcOffload, eswitch }): readonly Symptom[] => {
      const seen = seenOf(tcOffload);
      if (seen === undefined || seen.on || seen.fixed || seenOf(eswitch) !== 'switchdev') return [];
      return [
        {
          at: pci,
          message: `tc offload is switched off on ${netdev}, but the driver supports it`,
          evidence: [{ read: `ethtool -k ${netdev}`, saw: 'hw-tc-offload: off' }],
          remedy: [`ethtool -K ${netdev} hw-tc-offload on`],
        },
      ];
    }),
};
