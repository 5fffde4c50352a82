import { linkNamed } from '../doctor/seen-parts.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { VfAdmin, VfState } from '../model/host-state.ts';
import type { FoundCard } from './found-card.ts';
import type { FoundHost } from './found-host.ts';
import { type FoundPlace, guestsOf, rememberedAt, saidOf } from './guests.ts';
import type { ImportedHost, ImportedNetwork } from './imported.ts';
import { adminOf, hasMac, unset, useOf, type VfUse } from './vf-use.ts';

type Parts = Pick<ImportedHost, 'guests' | 'networks' | 'findings'>;

/** The VFs with one index on both ports. */
interface Pair {
  readonly index: number;
  readonly vfs: readonly [VfState | undefined, VfState | undefined];
}

/** A card in legacy mode: a VF with a VLAN is in use, and the VF with the same index on the other port is its other half. */
export function importLegacy(found: FoundHost, card: FoundCard, vfs: number): Parts {
  const pairs = Array.from({ length: vfs }, (_, index): Pair => {
    const [first, second] = card.pfs.map((pf) => pf.vfs.find((vf) => vf.index === index));
    return { index, vfs: [first, second] };
  });
  const places = pairs.flatMap((pair) => placeOf(found, pair) ?? []);
  const mtu = networkMtu(found, card);
  const networks = new Map<string, ImportedNetwork>();
  for (const { network, vlan } of places) {
    networks.set(network, { name: network, id: vlan, ...saidOf(network, places, mtu) });
  }
  return {
    guests: guestsOf(places, found.looked.plan.fold.ledger.allocation),
    networks: [...networks.values()],
    findings: pairs.flatMap((pair) => unsafe(found, pair)),
  };
}

/** Guests may send 80 bytes less than the port's MTU, which vflane derives from the file's networks (1500 at the least). */
function networkMtu({ looked }: FoundHost, { pfs: [pf] }: FoundCard): number {
  return Math.max(1500, (linkNamed(looked.patient.state, pf.netdev)?.mtu ?? 1580) - 80);
}

function vlanOf({ vfs }: Pair): number {
  return vfs.map((vf) => (vf && adminOf(vf)?.vlan) || 0).find((vlan) => vlan !== 0) ?? 0;
}

function placeOf(found: FoundHost, pair: Pair): (FoundPlace & { readonly vlan: number }) | undefined {
  const vlan = vlanOf(pair);
  if (vlan === 0) return undefined;
  const { allocation } = found.looked.plan.fold.ledger;
  const admin = pair.vfs.flatMap((vf) => (vf && adminOf(vf)) ?? []);
  const [first] = admin;
  const macs = pair.vfs.every(hasMac) ? admin.map(({ mac }) => mac) : [];
  const use = pairUse(found, pair);
  return {
    slot: pair.index,
    use,
    vlan,
    network: rememberedAt(allocation, pair.index)?.network ?? `vlan${vlan}`,
    attachment: {
      vf: pair.index,
      macs,
      addresses: use.addresses,
      maxRateMbps: first?.maxRateMbps ?? 0,
      trust: first?.trust ?? false,
      spoofchk: first?.spoofchk ?? true,
    },
  };
}

/** The one of the two that is in use. */
function pairUse({ looked }: FoundHost, { vfs }: Pair): VfUse {
  const uses = vfs.flatMap((vf) => (vf ? [useOf(looked.patient, vf)] : []));
  const free: VfUse = { kind: 'external', by: '', says: 'held by nobody', isHeld: false, addresses: [] };
  return uses.find(({ isHeld }) => isHeld) ?? uses[0] ?? free;
}

function unsafe(found: FoundHost, pair: Pair): readonly Finding[] {
  return vlanOf(pair) === 0 ? untagged(found, pair) : [...unlike(found, pair), ...unchecked(found, pair)];
}

function untagged({ name, looked }: FoundHost, { vfs }: Pair): readonly Finding[] {
  return vfs.flatMap((vf) => {
    const use = vf && useOf(looked.patient, vf);
    if (!vf || !use?.isHeld) return [];
    return [
      finding(
        'VF2272',
        { host: name, at: vf.pci },
        `${name}: VF ${vf.index} (${vf.pci}) is ${use.says}, and has no VLAN`,
        'Give it a VLAN (ip link set dev PF vf N vlan ID) while its user is down, and import again.',
      ),
    ];
  });
}

function unlike({ name, looked }: FoundHost, { index, vfs: [first, second] }: Pair): readonly Finding[] {
  const words = (vf: VfState | undefined) => {
    if (vf === undefined) return 'not there';
    const use = useOf(looked.patient, vf);
    return `on VLAN ${adminOf(vf)?.vlan ?? '?'}, ${use.isHeld ? use.says : 'held by nobody'}`;
  };
  const [one, other] = [words(first), words(second)];
  if (one === other) return [];
  return [
    finding(
      'VF2273',
      { host: name, at: `VF ${index}` },
      `${name}: VF ${index} of port 0 is ${one}, and of port 1 ${other}`,
      'Give the guest the VF of the same number on both ports, with one VLAN, and bond the two inside.',
    ),
  ];
}

function unchecked({ name }: FoundHost, { vfs }: Pair): readonly Finding[] {
  return vfs.flatMap((vf) => {
    const admin = vf && adminOf(vf);
    if (!vf || !admin) return [];
    const where = { host: name, at: vf.pci };
    const what = `${name}: VF ${vf.index} (${vf.pci})`;
    return [
      ...(isUnchecked(admin)
        ? [finding('VF2274', where, `${what} has ${lacks(admin)}`, lift('VF2274'))]
        : []),
      ...(admin.trust ? [finding('VF2275', where, `${what} is trusted`, lift('VF2275'))] : []),
    ];
  });
}

function isUnchecked({ spoofchk, mac }: VfAdmin): boolean {
  return !spoofchk || mac === unset;
}

function lacks({ spoofchk, mac }: VfAdmin): string {
  return [
    ...(spoofchk ? [] : ['spoofchk off']),
    ...(mac === unset ? ['no MAC that could be checked'] : []),
  ].join(' and ');
}

function lift(code: 'VF2274' | 'VF2275'): string {
  return code === 'VF2274'
    ? 'Take `spoofchk: false`, and its lines of vf-mac under as-found, out of the file, and apply while the guest is down.'
    : 'Take `trust: true` out of the file, and apply.';
}
