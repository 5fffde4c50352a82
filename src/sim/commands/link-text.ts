import type { Fields } from './link-record.ts';

/** The record as `ip` prints it for people. */
export function linkText(record: Fields): string {
  const of = (key: string) => record[key];
  const word = (key: string, name = key) => (of(key) === undefined ? '' : `${name} ${of(key)} `);
  const head = [
    `${of('ifindex')}: ${linkName(record)}: <${(of('flags') as string[]).join(',')}> `,
    word('mtu'),
    word('qdisc'),
    word('master'),
    word('operstate', 'state'),
    word('linkmode', 'mode'),
    word('group'),
    `qlen ${of('txqlen')}`,
  ].join('');
  const lines = [head];
  if (of('link_type') !== undefined) {
    lines.push(`    link/${of('link_type')} ${of('address')} brd ${of('broadcast')}${tail(record)}`);
  }
  if (of('ifalias')) lines.push(`    alias ${of('ifalias')}`);
  for (const vf of (of('vfinfo_list') ?? []) as readonly Fields[]) lines.push(vfText(vf));
  for (const name of (of('altnames') ?? []) as readonly string[]) lines.push(`    altname ${name}`);
  return `${lines.join('\n')}\n`;
}

function linkName(record: Fields): string {
  const lower = record.link ?? (record.link_index === undefined ? undefined : `if${record.link_index}`);
  return lower === undefined ? String(record.ifname) : `${record.ifname}@${lower}`;
}

const detailWords: readonly (readonly [string, string])[] = [
  ['num_tx_queues', 'numtxqueues'],
  ['num_rx_queues', 'numrxqueues'],
  ['gso_max_size', 'gso_max_size'],
  ['gso_max_segs', 'gso_max_segs'],
  ['tso_max_size', 'tso_max_size'],
  ['tso_max_segs', 'tso_max_segs'],
  ['gro_max_size', 'gro_max_size'],
  ['gso_ipv4_max_size', 'gso_ipv4_max_size'],
  ['gro_ipv4_max_size', 'gro_ipv4_max_size'],
  ['phys_port_name', 'portname'],
  ['phys_switch_id', 'switchid'],
  ['parentbus', 'parentbus'],
  ['parentdev', 'parentdev'],
];

function tail(record: Fields): string {
  const permanent = record.permaddr === undefined ? '' : ` permaddr ${record.permaddr}`;
  if (record.promiscuity === undefined) return permanent;
  const words = (list: readonly (readonly [string, string])[]) =>
    list.map(([key, name]) => (record[key] === undefined ? '' : `${name} ${record[key]} `)).join('');
  const gen = record.inet6_addr_gen_mode === undefined ? '' : `addrgenmode ${record.inet6_addr_gen_mode} `;
  return [
    permanent,
    ` promiscuity ${record.promiscuity} allmulti ${record.allmulti} minmtu ${record.min_mtu} maxmtu ${record.max_mtu} `,
    infoText(record.linkinfo as Fields | undefined),
    gen,
    words(detailWords),
  ].join('');
}

const textNames: { readonly [key: string]: string | undefined } = {
  num_peer_notif: 'num_grat_arp',
  ad_lacp_active: 'lacp_active',
  ad_lacp_rate: 'lacp_rate',
};

function infoText(info: Fields | undefined): string {
  if (!info) return '';
  const own = info.info_kind === undefined ? '' : `\n    ${info.info_kind} ${pairs(info.info_data)}`;
  const slave =
    info.info_slave_kind === undefined
      ? ''
      : `\n    ${info.info_slave_kind}_slave ${pairs(info.info_slave_data)}`;
  return own + slave;
}

function pairs(data: unknown): string {
  return Object.entries((data ?? {}) as Fields)
    .filter(([key, value]) => key !== 'multi_queue' || value === true)
    .map(([key, value]) =>
      key === 'flags' ? `<${valueText(value)}> ` : `${textNames[key] ?? key} ${valueText(value)} `,
    )
    .join('');
}

function valueText(value: unknown): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return Array.isArray(value) ? value.join(',') : String(value);
}

function vfText(vf: Fields): string {
  const [vlan = {}] = vf.vlan_list as readonly Fields[];
  const rate = vf.rate as Fields;
  const parts = [
    `    vf ${vf.vf}     link/${vf.link_type} ${vf.address} brd ${vf.broadcast}`,
    vlan.vlan === undefined ? '' : `vlan ${vlan.vlan}`,
    vlan.qos === undefined ? '' : `qos ${vlan.qos}`,
    vf.tx_rate === undefined ? '' : `tx rate ${vf.tx_rate} (Mbps)`,
    rate.max_tx ? `max_tx_rate ${rate.max_tx}Mbps` : '',
    rate.min_tx ? `min_tx_rate ${rate.min_tx}Mbps` : '',
    `spoof checking ${vf.spoofchk ? 'on' : 'off'}`,
    `link-state ${vf.link_state}`,
    `trust ${vf.trust ? 'on' : 'off'}`,
  ];
  return parts.filter(Boolean).join(', ');
}

export function addressText(address: Fields): string {
  const label = address.label === undefined ? '' : ` ${address.label}`;
  const protocol = address.protocol === undefined ? '' : ` proto ${address.protocol}`;
  const gap = address.label === undefined ? ' ' : '';
  const route = address.noprefixroute ? ' noprefixroute' : '';
  return `    ${address.family} ${address.local}/${address.prefixlen} scope ${address.scope}${route}${label}${protocol}${gap}\n       valid_lft forever preferred_lft forever\n`;
}

export function briefText(record: Fields, tailText: string): string {
  const name = linkName(record).padEnd(17);
  return `${name}${String(record.operstate).padEnd(15)}${tailText} \n`;
}
