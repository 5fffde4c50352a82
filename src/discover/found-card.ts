import { linkNamed, seenOf } from '../doctor/seen-parts.ts';
import type { HostState, PfState } from '../model/host-state.ts';
import type { PciAddress } from '../model/names.ts';
import { isUnseen } from '../model/unseen.ts';

/** Two ports of a host that a file can name. */
export interface FoundCard {
  readonly pfs: readonly [PfState, PfState];
  /** As the file's `nic` has it: `"0000:03:00"`, or both PFs. */
  readonly nic: string;
  /** The operator is connected over one of them. */
  readonly isSession: boolean;
}

/** The pairs of ports that could be shared: first the one that nobody is connected over, ports of different cards last. */
export function foundCards(state: HostState): readonly FoundCard[] {
  const present = state.pfs.filter((pf) => pf.present);
  const cards = [...new Set(present.map(({ pci }) => pci.slice(0, -2)))];
  const byCard = cards.map((card) => present.filter(({ pci }) => pci.startsWith(card)));
  const whole = byCard.flatMap(([first, second]) => (first && second ? [cardOf(state, first, second)] : []));
  const [one, other] = byCard.flatMap((pfs) => (pfs.length === 1 ? pfs : []));
  const mixed = whole.length === 0 && one && other ? [cardOf(state, one, other)] : [];
  return [...whole, ...mixed].sort((a, b) => Number(a.isSession) - Number(b.isSession));
}

function cardOf(state: HostState, first: PfState, second: PfState): FoundCard {
  const netdevs = [first, second].flatMap(({ netdev }) => netdev ?? []);
  const masters = netdevs.flatMap((netdev) => linkNamed(state, netdev)?.master ?? []);
  const isSession = state.session !== undefined && [...netdevs, ...masters].includes(state.session);
  return { pfs: [first, second], nic: nicText(first.pci, second.pci), isSession };
}

function nicText(first: PciAddress, second: PciAddress): string {
  const card = first.slice(0, -2);
  const isUsual = first === `${card}.0` && second === `${card}.1`;
  return isUsual ? `"${card}"` : `["${first}", "${second}"]`;
}

/** The most VFs that both ports may have; undefined if the firmware offers none, or it could not be read. */
export function poolLimit({ pfs }: FoundCard): number | undefined {
  const totals = pfs.map(({ totalVfs }) => (isUnseen(totalVfs) ? 0 : totalVfs));
  return Math.min(...totals) || undefined;
}

/** VFs that already exist, on any port. */
export function vfsThere({ pfs }: FoundCard): number {
  return pfs.reduce((sum, { numVfs }) => sum + (seenOf(numVfs) ?? 0), 0);
}
