import type { BondState, LinkState, VfAdmin } from '../model/host-state.ts';

/** What one `ip -j -d addr show` says: the netdevs, and for each PF among them what it enforces on its VFs. */
export interface IpAddrShow {
  readonly links: readonly LinkState[];
  /** Netdev name → VF index → settings. */
  readonly vfs: ReadonlyMap<string, ReadonlyMap<number, VfAdmin>>;
}

type Fields = { readonly [key: string]: unknown };

/**
 * Parses `ip -j -d addr show` (or `link show`) of iproute2 6.1 and later; shapes: facts §4.1, iproute2 ip/ipaddress.c.
 * @throws SyntaxError, TypeError on any other text.
 */
export function parseIpAddr(stdout: string): IpAddrShow {
  const parsed: unknown = JSON.parse(stdout.trim() === '' ? '[]' : stdout);
  if (!Array.isArray(parsed)) throw new TypeError('ip -j printed no list');
  // iproute2 prints an empty object for each netdev that a filter left out.
  const entries = parsed.filter(isFields).filter((entry) => typeof entry.ifname === 'string');
  const vfs = entries.flatMap((entry) => {
    const list = fieldsList(entry.vfinfo_list);
    return list.length === 0 ? [] : [[text(entry.ifname), new Map(list.map(vfEntry))] as const];
  });
  return { links: entries.map(linkState), vfs: new Map(vfs) };
}

function linkState(entry: Fields): LinkState {
  const flags = strings(entry.flags);
  const linkinfo = isFields(entry.linkinfo) ? entry.linkinfo : {};
  return {
    name: text(entry.ifname),
    mac: text(entry.address),
    ...(typeof entry.permaddr === 'string' ? { permanentMac: entry.permaddr } : {}),
    up: flags.includes('UP'),
    carrier: flags.includes('LOWER_UP'),
    mtu: count(entry.mtu),
    maxMtu: typeof entry.max_mtu === 'number' && entry.max_mtu > 0 ? entry.max_mtu : undefined,
    master: optional(entry.master),
    lower: optional(entry.link),
    vlan:
      linkinfo.info_kind === 'vlan' && isFields(linkinfo.info_data)
        ? count(linkinfo.info_data.id)
        : undefined,
    parentDev: optional(entry.parentdev),
    physSwitchId: optional(entry.phys_switch_id),
    physPortName: optional(entry.phys_port_name),
    altNames: strings(entry.altnames),
    kind: optional(linkinfo.info_kind),
    alias: optional(entry.ifalias),
    addresses: fieldsList(entry.addr_info).flatMap(address),
    bond:
      linkinfo.info_kind === 'bond' && isFields(linkinfo.info_data)
        ? bondState(linkinfo.info_data)
        : undefined,
    ...slaveState(linkinfo),
  };
}

/** The kernel itself makes link-local addresses and those from router advertisements: nobody asked for them. */
function address(info: Fields): readonly string[] {
  if (info.scope === 'link' || info.dynamic === true || typeof info.local !== 'string') return [];
  return [`${info.local}/${count(info.prefixlen)}`];
}

/** What the bond says about a slave; its monitor may have declared a port dead whose link is up (facts §8). */
function slaveState({ info_slave_kind: kind, info_slave_data: data }: Fields): Pick<LinkState, 'slave'> {
  if (kind !== 'bond' || !isFields(data)) return {};
  return { slave: { active: data.state === 'ACTIVE', alive: data.mii_status === 'UP' } };
}

function bondState(data: Fields): BondState {
  return {
    mode: text(data.mode),
    miimonMs: count(data.miimon),
    arpIntervalMs: count(data.arp_interval),
    arpTargets: [...strings(data.arp_ip_target), ...strings(data.ns_ip6_target)],
    arpValidate: typeof data.arp_validate === 'string' ? data.arp_validate : 'none',
    failOverMac: text(data.fail_over_mac),
    // One counter under two names (bonding.rst, num_grat_arp and num_unsol_na).
    numGratArp: count(data.num_peer_notif ?? data.num_grat_arp),
    primary: optional(data.primary),
    activeSlave: optional(data.active_slave),
  };
}

function vfEntry(entry: Fields): readonly [number, VfAdmin] {
  const tag = fieldsList(entry.vlan_list)[0] ?? {};
  const rate = isFields(entry.rate) ? entry.rate : {};
  const admin: VfAdmin = {
    mac: text(entry.address),
    vlan: count(tag.vlan),
    qos: count(tag.qos),
    spoofchk: entry.spoofchk === true,
    trust: entry.trust === true,
    linkState: entry.link_state === 'enable' || entry.link_state === 'disable' ? entry.link_state : 'auto',
    maxRateMbps: count(rate.max_tx ?? entry.tx_rate),
    minRateMbps: count(rate.min_tx),
  };
  return [count(entry.vf), admin];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldsList(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function optional(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
