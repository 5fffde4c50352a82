import { primaryOf } from '../bond.ts';
import { slaveIsUp } from '../carrier.ts';
import { cardOf, kernelOf, pfAt } from '../functions.ts';
import { flags, operstate } from '../link-state.ts';
import { minMtu, netdevAt } from '../netdevs.ts';
import { portName, switchId } from '../ports.ts';
import type { Bond, Netdev, SimState, Vf } from '../state.ts';
import type { IpContext } from './ip-context.ts';

export type Fields = { readonly [key: string]: unknown };

/** What `ip -j link|addr show` prints about one netdev, in its order of keys (ip/ipaddress.c, print_linkinfo). */
export function linkRecord(context: IpContext, netdev: Netdev, isLink: boolean): Fields {
  const { state } = context.call;
  const showsLink = context.family === 0 || context.details || isLink;
  return {
    ifindex: netdev.ifindex,
    ...lowerLink(state, netdev),
    ifname: netdev.name,
    flags: flags(state, netdev),
    mtu: netdev.mtu,
    qdisc: qdisc(netdev),
    ...masterName(state, netdev),
    operstate: operstate(state, netdev),
    ...(isLink ? { linkmode: 'DEFAULT' } : {}),
    group: 'default',
    txqlen: 1000,
    ...(showsLink ? hardware(netdev) : {}),
    ...(context.details ? details(state, netdev, isLink) : {}),
    ...(netdev.alias && (isLink || context.details) ? { ifalias: netdev.alias } : {}),
    ...(isLink && context.stats ? { stats64: noTraffic } : {}),
    ...(isLink || context.details ? vfList(state, netdev) : {}),
    ...(netdev.altNames.length > 0 ? { altnames: netdev.altNames } : {}),
  };
}

function lowerLink(state: SimState, netdev: Netdev): Fields {
  const lower = netdevAt(state, netdev.peer);
  if (!lower) return {};
  return lower.ns === netdev.ns ? { link: lower.name } : { link_index: lower.ifindex };
}

function masterName(state: SimState, netdev: Netdev): Fields {
  const master = netdevAt(state, netdev.master);
  return master ? { master: master.name } : {};
}

const queueless: readonly Netdev['kind'][] = [
  'loopback',
  'bond',
  'veth',
  'vlan',
  'vxlan',
  'dummy',
  'bridge',
  'openvswitch',
];

function qdisc(netdev: Netdev): string {
  if (netdev.kind === 'loopback') return 'noqueue';
  if (!netdev.up) return 'noop';
  if (queueless.includes(netdev.kind)) return 'noqueue';
  return netdev.maxChannels > 1 || netdev.kind === 'pf' ? 'mq' : 'fq_codel';
}

function hardware(netdev: Netdev): Fields {
  const loopback = netdev.kind === 'loopback';
  const permanent = netdev.permMac !== netdev.mac && netdev.pci !== '' && netdev.permMac !== '';
  return {
    link_type: loopback ? 'loopback' : 'ether',
    address: netdev.mac,
    broadcast: loopback ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff',
    ...(permanent ? { permaddr: netdev.permMac } : {}),
  };
}

function details(state: SimState, netdev: Netdev, isLink: boolean): Fields {
  const loopback = netdev.kind === 'loopback';
  const queues = netdev.bond ? 16 : Math.max(1, netdev.maxChannels);
  const switched = { phys_port_name: portName(state, netdev), phys_switch_id: switchId(state, netdev) };
  return {
    promiscuity: 0,
    allmulti: 0,
    min_mtu: loopback || netdev.kind === 'vlan' ? 0 : minMtu,
    max_mtu: loopback ? 0 : netdev.maxMtu,
    ...linkInfo(state, netdev),
    ...(isLink ? { inet6_addr_gen_mode: 'eui64' } : {}),
    num_tx_queues: queues,
    num_rx_queues: queues,
    gso_max_size: 65536,
    gso_max_segs: 65535,
    tso_max_size: loopback ? 524280 : 65536,
    tso_max_segs: 65535,
    gro_max_size: 65536,
    ...(kernelOf(state).debian >= 13 ? { gso_ipv4_max_size: 65536, gro_ipv4_max_size: 65536 } : {}),
    ...Object.fromEntries(Object.entries(switched).filter(([, value]) => value !== '')),
    ...(netdev.pci === '' ? {} : { parentbus: 'pci', parentdev: netdev.pci }),
  };
}

function linkInfo(state: SimState, netdev: Netdev): Fields {
  const kinds: readonly Netdev['kind'][] = [
    'bond',
    'veth',
    'vlan',
    'vxlan',
    'dummy',
    'bridge',
    'openvswitch',
    'tun',
    'tap',
  ];
  const kind = netdev.kind === 'tap' ? 'tun' : netdev.kind;
  const own = kinds.includes(netdev.kind) ? { info_kind: kind, ...infoData(state, netdev) } : {};
  const info = { ...own, ...slaveInfo(state, netdev) };
  return Object.keys(info).length > 0 ? { linkinfo: info } : {};
}

function infoData(state: SimState, netdev: Netdev): Fields {
  if (netdev.bond) return { info_data: bondData(state, netdev, netdev.bond) };
  if (netdev.kind === 'vlan') return { info_data: { ...netdev.info, flags: ['REORDER_HDR'] } };
  return Object.keys(netdev.info).length > 0 ? { info_data: netdev.info } : {};
}

/** ip/iplink_bond.c, bond_print_opt: `arp_validate` none is null there; without an active slave the key is absent. */
function bondData(state: SimState, netdev: Netdev, bond: Bond): Fields {
  const active = netdevAt(state, bond.active)?.name;
  const primary = primaryOf(state, netdev)?.name;
  return {
    mode: bond.mode,
    ...(active === undefined ? {} : { active_slave: active }),
    miimon: bond.miimon,
    updelay: bond.updelay,
    downdelay: bond.downdelay,
    peer_notify_delay: 0,
    use_carrier: 1,
    arp_interval: bond.arpInterval,
    arp_missed_max: bond.missedMax,
    ...(bond.arpTargets.length > 0 ? { arp_ip_target: bond.arpTargets } : {}),
    ...(bond.nsTargets && bond.nsTargets.length > 0 ? { ns_ip6_target: bond.nsTargets } : {}),
    arp_validate: bond.arpValidate === 'none' ? null : bond.arpValidate,
    arp_all_targets: bond.arpAllTargets,
    ...(primary === undefined ? {} : { primary }),
    primary_reselect: bond.primaryReselect,
    fail_over_mac: bond.failOverMac,
    xmit_hash_policy: bond.xmitHashPolicy,
    resend_igmp: 1,
    num_peer_notif: bond.numPeerNotif,
    all_slaves_active: bond.allSlavesActive,
    min_links: bond.minLinks,
    lp_interval: 1,
    packets_per_slave: 1,
    ad_lacp_active: 'on',
    ad_lacp_rate: bond.lacpRate,
    ...(kernelOf(state).debian >= 13 ? { coupled_control: true } : {}),
    ad_select: 'stable',
    tlb_dynamic_lb: 1,
  };
}

function slaveInfo(state: SimState, netdev: Netdev): Fields {
  const master = netdevAt(state, netdev.master);
  if (master?.kind === 'openvswitch') return { info_slave_kind: 'openvswitch' };
  if (!netdev.slave || !master?.bond) return {};
  const backup = master.bond.mode === 'active-backup' && master.bond.active !== netdev.ifindex;
  return {
    info_slave_kind: 'bond',
    info_slave_data: {
      state: backup ? 'BACKUP' : 'ACTIVE',
      mii_status: slaveIsUp(state, master, netdev) ? 'UP' : 'DOWN',
      link_failure_count: netdev.slave.failures,
      perm_hwaddr: netdev.slave.permMac,
      queue_id: 0,
      prio: 0,
    },
  };
}

const noTraffic = {
  rx: { bytes: 0, packets: 0, errors: 0, dropped: 0, over_errors: 0, multicast: 0 },
  tx: { bytes: 0, packets: 0, errors: 0, dropped: 0, carrier_errors: 0, collisions: 0 },
};

/** A netdev whose driver can have VFs has the list, empty if there are none (net/core/rtnetlink.c, rtnl_fill_vf). */
function vfList(state: SimState, netdev: Netdev): Fields {
  const pf = netdev.kind === 'pf' ? pfAt(state, netdev.pci) : undefined;
  return pf && cardOf(state).maxVfs > 0 ? { vfinfo_list: pf.vfs.map(vfRecord) } : {};
}

/** print_vfinfo: no VLAN is an empty object, zero rates and QoS are left out (facts §4.1). */
function vfRecord(vf: Vf): Fields {
  const { admin } = vf;
  return {
    vf: vf.index,
    link_type: 'ether',
    address: admin.mac,
    broadcast: 'ff:ff:ff:ff:ff:ff',
    vlan_list: [
      { ...(admin.vlan > 0 ? { vlan: admin.vlan } : {}), ...(admin.qos > 0 ? { qos: admin.qos } : {}) },
    ],
    ...(admin.maxRate > 0 ? { tx_rate: admin.maxRate } : {}),
    rate: { max_tx: admin.maxRate, min_tx: admin.minRate },
    spoofchk: admin.spoofchk,
    link_state: admin.linkState,
    trust: admin.trust,
  };
}
