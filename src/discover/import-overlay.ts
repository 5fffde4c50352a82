import { linkNamed, linksOf, ovsOf } from '../doctor/seen-parts.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { HostState, LinkState } from '../model/host-state.ts';
import type { OvsBridge, OvsPort } from '../model/ovs-state.ts';
import { isUnseen } from '../model/unseen.ts';
import type { FoundCard } from './found-card.ts';
import type { FoundHost } from './found-host.ts';
import { type FoundPlace, guestsOf, rememberedAt, saidOf } from './guests.ts';
import type { ImportedHost, ImportedNetwork, ImportedUnderlay } from './imported.ts';
import { adminOf, hasMac, useOf } from './vf-use.ts';

type Parts = Pick<ImportedHost, 'guests' | 'networks' | 'findings'>;

/** A bridge that carries a tenant's network, and what is known about it. */
export interface FoundBridge {
  readonly bridge: OvsBridge;
  readonly network: string;
  /** Its VNI; undefined if it is unknown. */
  readonly vni: number | undefined;
  /** The VFs whose representors are ports of it. */
  readonly vfs: readonly VfOfPort[];
}

interface VfOfPort {
  /** The PF's place on its card. */
  readonly pf: number;
  readonly index: number;
  readonly port: string;
}

/** Placeholder ids for networks without a known VNI, which nobody is likely to use. */
const firstUnknown = 16_000_000;

/** A card in switchdev mode: a bridge's port is a guest, and the VNI of a bridge's tunnels is its network. */
export function importOverlay(found: FoundHost, card: FoundCard | undefined, vfs: number): Parts {
  const { state } = found.looked.patient;
  const { allocation } = found.looked.plan.fold.ledger;
  const bridges = bridgesOf(state);
  const places = bridges.flatMap((bridge) => placesOn(found, card, vfs, bridge));
  const networks = bridges.map(({ network, vni }, place): ImportedNetwork => {
    const id = vni ?? firstUnknown + place;
    return { name: network, id, ...saidOf(network, places, mtuOf(found, card)) };
  });
  const remembered = card === undefined ? ledgerPlaces(found) : [];
  return {
    guests: guestsOf([...places, ...remembered], allocation),
    networks,
    findings: bridges.flatMap((bridge) => unsafe(found, bridge)),
  };
}

/** Bridges with a representor or a tunnel; the others are the underlay's, or do not matter here. */
export function bridgesOf(state: HostState): readonly FoundBridge[] {
  return (ovsOf(state)?.bridges ?? []).flatMap((bridge) => {
    const vfs = bridge.ports.flatMap((port) => vfOf(state, port) ?? []);
    const tunnels = tunnelsOn(bridge);
    const own = bridge.externalIds['vflane-network'];
    if (vfs.length === 0 && tunnels.length === 0 && own === undefined) return [];
    const keys = new Set(tunnels.map(({ options }) => Number(options.key)));
    const [key = Number.NaN] = keys;
    const vni = keys.size === 1 && Number.isInteger(key) && key > 0 ? key : undefined;
    const network = own ?? (vni === undefined ? plainName(bridge.name) : `vni${vni}`);
    return [{ bridge, network, vni, vfs }];
  });
}

function plainName(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')
    .replace(/^-+|-+$/g, '');
  return plain || 'bridge';
}

function tunnelsOn({ ports }: OvsBridge): readonly OvsPort[] {
  return ports.filter(({ type }) => type === 'vxlan');
}

/** By the kernel's name of the port, or by DPDK's arguments; never by the netdev's name. */
function vfOf(state: HostState, port: OvsPort): VfOfPort | undefined {
  const asked = port.options['dpdk-devargs'] ?? Object.values(port.devargs)[0];
  const [, fn, pf = fn, index] =
    /^[0-9a-f:]+\.(\d),(?:.*,)?representor=(?:pf\[?(\d)\]?)?(?:vf)?\[?(\d+)\]?(?:,|$)/.exec(asked ?? '') ??
    [];
  if (index !== undefined) return { pf: Number(pf), index: Number(index), port: port.name };
  const physical = linkNamed(state, port.name)?.physPortName;
  const [, pfOf, vf] = /^(?:c\d+)?pf(\d+)vf(\d+)$/.exec(physical ?? '') ?? [];
  return vf === undefined ? undefined : { pf: Number(pfOf), index: Number(vf), port: port.name };
}

function placesOn(
  { looked }: FoundHost,
  card: FoundCard | undefined,
  pool: number,
  { network, vfs }: FoundBridge,
): readonly FoundPlace[] {
  return vfs.flatMap(({ pf, index }) => {
    const vf = card?.pfs[pf]?.vfs.find((one) => one.index === index);
    if (vf === undefined) return [];
    const use = useOf(looked.patient, vf);
    const admin = adminOf(vf);
    const attachment = {
      vf: pf * pool + index,
      macs: hasMac(vf) && admin ? [admin.mac] : [],
      addresses: use.addresses,
      maxRateMbps: admin?.maxRateMbps ?? 0,
      trust: false,
      spoofchk: true,
    };
    return [{ slot: attachment.vf, use, network, attachment }];
  });
}

/** Without a card, nothing distinguishes a guest's port from others: only what vflane itself assigned is known. */
function ledgerPlaces({ looked }: FoundHost): readonly FoundPlace[] {
  const { state } = looked.patient;
  const { allocation } = looked.plan.fold.ledger;
  return Object.values(allocation).flatMap((slot) => {
    const { guest = '', network = '' } = rememberedAt(allocation, slot) ?? {};
    const links = state.namespaces[guest];
    const lane = links && !isUnseen(links) ? links.find(({ name }) => name === network) : undefined;
    const kind = lane ? ('netns' as const) : ('external' as const);
    const addresses = lane?.addresses ?? [];
    const use = { kind, by: guest, name: guest, says: 'vflane’s own', isHeld: true, addresses };
    const macs = lane ? [lane.mac] : [];
    return [
      { slot, use, network, attachment: { macs, addresses, maxRateMbps: 0, trust: false, spoofchk: true } },
    ];
  });
}

function mtuOf({ looked }: FoundHost, card: FoundCard | undefined): number {
  const { state } = looked.patient;
  const wire = card === undefined ? wireOf(state) : linkNamed(state, card.pfs[0].netdev);
  return Math.max(1500, (wire?.mtu ?? 1580) - 80);
}

/** The netdev that has the tunnels' local address. */
function wireOf(state: HostState): LinkState | undefined {
  const own = new Set(
    bridgesOf(state).flatMap(({ bridge }) =>
      tunnelsOn(bridge).flatMap(({ options }) => options.local_ip ?? []),
    ),
  );
  return linksOf(state).find(({ addresses }) => addresses.some((cidr) => own.has(cidr.replace(/\/.*/, ''))));
}

/** Where the tunnels leave; undefined if no tunnel tells, and no bond of the card's ports has an address. */
export function importUnderlay(
  { looked: { patient } }: FoundHost,
  card: FoundCard | undefined,
): ImportedUnderlay | undefined {
  const { state } = patient;
  const bond = card && linkNamed(state, linkNamed(state, card.pfs[0].netdev)?.master);
  const link = wireOf(state) ?? bond ?? linkNamed(state, 'br-phy');
  const [address] = link?.addresses ?? [];
  if (link === undefined || address === undefined) return undefined;
  const vlan = link.vlan === undefined ? {} : { vlan: link.vlan };
  return { address, ...vlan, ports: card === undefined ? portsUnder(state, link) : [] };
}

/** For a host without a card: the bond's members, what a VLAN stands on, or the netdev itself. */
function portsUnder(state: HostState, link: LinkState): readonly string[] {
  const base = linkNamed(state, link.lower) ?? link;
  const members = linksOf(state).filter(({ master }) => master === base.name);
  if (base.bond !== undefined) return members.map(({ name }) => name);
  const bridge = ovsOf(state)?.bridges.find(({ name }) => name === base.name);
  return bridge === undefined
    ? [base.name]
    : bridge.ports
        .filter(({ type }) => type !== 'internal' && type !== 'patch')
        .flatMap(({ members: all }) => all);
}

function unsafe({ name, looked }: FoundHost, { bridge, network, vni, vfs }: FoundBridge): readonly Finding[] {
  if (bridge.externalIds['vflane-network'] !== undefined) return [];
  const where = { host: name, at: bridge.name };
  const open = [
    ...(bridge.failMode === 'secure' ? [] : ['forwards whatever comes in (fail-mode is not secure)']),
    ...(tunnelsOn(bridge).some((port) => !port.protected)
      ? ['has tunnels that are not protected ports']
      : []),
    ...(linkNamed(looked.patient.state, bridge.name)?.up === true ? ['has its own port up'] : []),
    'has no flows of vflane’s',
  ];
  const hint = `To have vflane’s instead: take bridge, bridge-port and flows out of as-found, and look at the plan.`;
  return [
    finding('VF2276', where, `${name}: ${bridge.name} ${open.join(', ')}`, hint),
    ...(vni === undefined && vfs.length > 0
      ? [
          finding(
            'VF2278',
            where,
            `${name}: the tunnels of ${bridge.name} do not say one VNI${flowsSay(bridge)}`,
            `Put the id of network ${network} right.`,
          ),
        ]
      : []),
  ];
}

function flowsSay(bridge: OvsBridge): string {
  const byFlow = tunnelsOn(bridge).some(
    ({ options }) => options.key === 'flow' || options.remote_ip === 'flow',
  );
  return byFlow ? ': flows say it' : '';
}

/** The far ends of a host's tunnels, by address. */
export function farEnds({
  looked,
}: FoundHost): readonly { readonly bridge: string; readonly remote: string }[] {
  return bridgesOf(looked.patient.state).flatMap(({ bridge }) =>
    tunnelsOn(bridge).flatMap(({ options }) => {
      const remote = options.remote_ip;
      return remote === undefined || remote === 'flow' ? [] : [{ bridge: bridge.name, remote }];
    }),
  );
}
