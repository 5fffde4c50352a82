import { MissingProgram } from '../missing.ts';
import { isInstalled } from '../packages.ts';
import type { Netdev, SimState } from '../state.ts';
import { failed, type Program, said } from './program.ts';

/** Whether another manager of netdevs is at work: installed, and its daemon running. */
function runs(state: SimState, unit: string): boolean {
  return state.systemd.units[unit]?.active === 'active';
}

function textsIn(state: SimState, folders: readonly string[], ending: string): readonly string[] {
  return Object.entries(state.files)
    .filter(([path]) => path.endsWith(ending) && folders.some((folder) => path.startsWith(`${folder}/`)))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, text]) => text);
}

/** fnmatch(3), of `*` and `?`. */
function fits(pattern: string, name: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(name);
}

function here(state: SimState): readonly Netdev[] {
  return state.netdevs.filter((netdev) => netdev.ns === '');
}

/** The first file whose `[Match] Name=` fits decides; `Unmanaged=yes` in its `[Link]` excludes the netdev. */
function networkdOwns(state: SimState, { name, mac }: Netdev): boolean {
  if (name === 'lo') return false;
  for (const text of textsIn(state, ['/etc/systemd/network', '/run/systemd/network'], '.network')) {
    const names = [...text.matchAll(/^Name=(.*)$/gm)].flatMap(([, line = '']) => line.trim().split(/\s+/));
    const macs = [...text.matchAll(/^(?:Permanent)?MACAddress=(.*)$/gm)].map(([, line = '']) => line.trim());
    if (!names.some((pattern) => fits(pattern, name)) && !macs.includes(mac)) continue;
    return !/^Unmanaged=(yes|true|1)$/im.test(text);
  }
  return false;
}

/** `networkctl list`, with `--json=short` or as lines. */
export const networkctl: Program = ({ state, argv }) => {
  const json = argv.some((word) => /^--json=(short|pretty)$/.test(word));
  if (!runs(state, 'systemd-networkd.service'))
    return failed(
      1,
      'systemd-networkd is not running, output might be incomplete.\nFailed to list links: No such file or directory\n',
    );
  const links = here(state).map((netdev) => ({
    Index: netdev.ifindex,
    Name: netdev.name,
    Type: netdev.kind === 'loopback' ? 'loopback' : 'ether',
    OperationalState: netdev.up ? 'carrier' : 'off',
    AdministrativeState: networkdOwns(state, netdev) ? 'configured' : 'unmanaged',
  }));
  if (json) return said(`${JSON.stringify({ Interfaces: links })}\n`);
  const row = (words: readonly (string | number)[]) =>
    `${words
      .map((word) => String(word).padEnd(12))
      .join(' ')
      .trimEnd()}\n`;
  const rows = links.map((link) =>
    row([link.Index, link.Name, link.Type, link.OperationalState, link.AdministrativeState]),
  );
  return said(
    `${row(['IDX', 'LINK', 'TYPE', 'OPERATIONAL', 'SETUP'])}${rows.join('')}\n${links.length} links listed.\n`,
  );
};

/** `unmanaged-devices=interface-name:A*;mac:…` in NetworkManager's files. */
function networkManagerOwns(state: SimState, { name, mac }: Netdev): boolean {
  if (name === 'lo') return false;
  const folders = ['/etc/NetworkManager', '/run/NetworkManager', '/usr/lib/NetworkManager'];
  const kept = textsIn(state, folders, '.conf')
    .flatMap((text) => [...text.matchAll(/^unmanaged-devices\s*\+?=(.*)$/gm)])
    .flatMap(([, line = '']) => line.split(/[;,]/))
    .map((word) => word.trim());
  return !kept.some((word) => {
    const pattern = word.replace(/^interface-name:=?/, '').replace(/^mac:/, '');
    return word.startsWith('mac:') ? pattern.toLowerCase() === mac : fits(pattern, name);
  });
}

const kinds: { readonly [kind in Netdev['kind']]?: string } = {
  loopback: 'loopback',
  bond: 'bond',
  vlan: 'vlan',
  bridge: 'bridge',
  tap: 'tun',
};

/** `nmcli -t -f DEVICE,TYPE,STATE device [status]`. */
export const nmcli: Program = ({ state, argv }) => {
  if (!isInstalled(state, 'network-manager')) throw new MissingProgram('nmcli');
  if (!runs(state, 'NetworkManager.service')) return failed(8, 'Error: NetworkManager is not running.\n');
  const at = argv.findIndex((word) => word === '-f' || word === '--fields');
  const fields = (at < 0 ? 'DEVICE,TYPE,STATE,CONNECTION' : (argv[at + 1] ?? '')).split(',');
  const rows = here(state).map((netdev) => {
    const owned = networkManagerOwns(state, netdev);
    const does = owned ? (netdev.up ? 'connected' : 'disconnected') : 'unmanaged';
    const values: { readonly [field: string]: string } = {
      DEVICE: netdev.name,
      TYPE: kinds[netdev.kind] ?? 'ethernet',
      STATE: does,
      CONNECTION: does === 'connected' ? netdev.name : '',
    };
    // Terse output escapes colons in values.
    return fields.map((field) => (values[field.toUpperCase()] ?? '').replace(/[:\\]/g, '\\$&')).join(':');
  });
  return said(rows.map((row) => `${row}\n`).join(''));
};
