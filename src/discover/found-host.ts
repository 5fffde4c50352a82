import { linkNamed, linksOf, portsOf, seenOf } from '../doctor/seen-parts.ts';
import { type Verdict, verdictsOf } from '../doctor/verdicts.ts';
import type { Datapath } from '../model/fabric.ts';
import type { HostState } from '../model/host-state.ts';
import type { HostName } from '../model/names.ts';
import { isUnseen } from '../model/unseen.ts';
import type { Looked } from '../operate/diagnose.ts';
import { type FoundCard, foundCards } from './found-card.ts';

/** A host that was looked at without a file, and what a file could do with it. */
export interface FoundHost {
  readonly name: HostName;
  /** The value of its `connect`. */
  readonly connectText: string;
  readonly looked: Looked;
  /** The card to share; absent if there is none. */
  readonly card?: FoundCard;
  /** The other cards that could be shared. */
  readonly others: readonly FoundCard[];
  readonly datapath: Datapath;
  readonly verdicts: readonly Verdict[];
}

/** @param asked the datapath that the user wants */
export function foundHost(
  { name, connectText }: Pick<FoundHost, 'name' | 'connectText'>,
  looked: Looked,
  asked: Datapath | undefined,
): FoundHost {
  const [card, ...others] = foundCards(looked.patient.state);
  const verdicts = verdictsOf(looked.patient);
  const datapath = asked ?? (card === undefined ? 'ovs-tc' : possible(verdicts));
  return { name, connectText, looked, ...(card && { card }), others, datapath, verdicts };
}

/**
 * The first that works in hardware, else the first that only lacks something. legacy-vlan comes first: it works with every
 * card and kernel, and needs no underlay address, which only the user can choose.
 */
function possible(verdicts: readonly Verdict[]): Datapath {
  const best = (['hardware', 'lacks', 'unknown'] as const)
    .map((kind) => verdicts.find(({ verdict }) => verdict === kind))
    .find((one) => one !== undefined);
  return best?.datapath ?? 'legacy-vlan';
}

/** How a host without a card can send its tunnels. */
export interface FoundWire {
  /** A netdev that nothing is built on; undefined if there is none. */
  readonly free: string | undefined;
  /** An IPv4 address that the host has, CIDR; undefined if it has none. */
  readonly address: string | undefined;
}

export function foundWire(state: HostState): FoundWire {
  const own = linksOf(state).filter(({ name }) => name !== 'lo');
  const ports = new Set(portsOf(state).map(({ link }) => link.name));
  const above = new Set(own.flatMap(({ lower }) => lower ?? []));
  const free = own.find(
    ({ name, kind, master, addresses, parentDev }) =>
      kind === undefined &&
      parentDev !== undefined &&
      master === undefined &&
      addresses.length === 0 &&
      ![...ports, ...above, state.session].includes(name),
  );
  const address = own.flatMap(({ addresses }) => addresses).find((cidr) => !cidr.includes(':'));
  return { free: free?.name, address };
}

/** The address on the bond of the card's ports, or on what stands on it, from which tunnels already leave, CIDR. */
export function underlayAddress(state: HostState): string | undefined {
  const masters = portsOf(state).flatMap(({ link }) => linkNamed(state, link.master) ?? []);
  return masters.flatMap(({ addresses }) => addresses)[0];
}

/** `ConnectX-5 Ex (15b3:1019), PSID MT_0000000013, firmware 16.35.4554`. */
export function cardText({ patient: { survey } }: Looked, { pfs: [pf] }: FoundCard): string {
  const card = survey.cards[pf.pci];
  const firmware = seenOf(card?.firmware);
  return [
    `${card?.model ?? 'a card'}${pf.id === undefined ? '' : ` (${pf.id})`}`,
    ...(firmware?.psid === undefined ? [] : [`PSID ${firmware.psid}`]),
    ...(firmware?.running === undefined ? [] : [`firmware ${firmware.running}`]),
  ].join(', ');
}

/** A line for each port: `0000:03:00.0 enp3s0f0np0: up, 100 Gb/s, MTU 1500, 0 of 16 VFs`. */
export function portTexts({ patient: { state, survey } }: Looked, { pfs }: FoundCard): readonly string[] {
  return pfs.map(({ pci, netdev, numVfs, totalVfs }) => {
    const link = linkNamed(state, netdev);
    const speed = netdev === undefined ? undefined : survey.speeds[netdev];
    const words = [
      link === undefined ? 'no netdev' : link.up ? (link.carrier ? 'up' : 'up, no carrier') : 'down',
      ...(speed === undefined ? [] : [`${speed / 1000} Gb/s`]),
      ...(link === undefined ? [] : [`MTU ${link.mtu}`]),
      `${isUnseen(numVfs) ? '?' : numVfs} of ${isUnseen(totalVfs) ? '?' : totalVfs} VFs`,
    ];
    return `${pci} ${netdev ?? ''}: ${words.join(', ')}`;
  });
}
