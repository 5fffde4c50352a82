import { asFabricName } from '../model/names.ts';
import { foundLines } from './found-lines.ts';
import type {
  ImportedAttachment,
  ImportedGuest,
  ImportedHost,
  ImportedNetwork,
  ImportedUnderlay,
} from './imported.ts';
import { comment, scalar } from './yaml-lines.ts';

/** The text of a file that describes these hosts. */
export function importText(hosts: readonly ImportedHost[]): string {
  const [first] = hosts;
  const name = asFabricName(`${first?.name ?? 'my'}-fabric`) ?? 'my-fabric';
  const lines = [
    ...comment('What `vflane import` found. Nothing was changed on any host.'),
    'vflane: 1',
    ...comment(
      'Goes into the MAC addresses of guests to come: two fabrics on one wire must not have the same name.',
    ),
    `name: ${scalar(name)}`,
    ...networkLines(hosts),
    'hosts:',
    ...hosts.flatMap(hostLines),
  ];
  return `${lines.join('\n')}\n`;
}

function networkLines(hosts: readonly ImportedHost[]): readonly string[] {
  const networks = new Map(hosts.flatMap((host) => host.networks.map((network) => [network.name, network])));
  if (networks.size === 0) return ['networks:', '  # None was found: `vflane init` writes an example.'];
  return ['networks:', ...[...networks.values()].map(networkLine)];
}

function networkLine({ name, id, mtu, gateways, arpTargets }: ImportedNetwork): string {
  const list = (key: string, addresses: readonly string[]) =>
    addresses.length === 0 ? [] : [`${key}: [${addresses.map((one) => JSON.stringify(one)).join(', ')}]`];
  const words = [
    `id: ${id}`,
    `mtu: ${mtu}`,
    ...list('gateway', gateways),
    ...list('arp-targets', arpTargets),
  ];
  return `  ${scalar(name)}: { ${words.join(', ')} }`;
}

function hostLines(host: ImportedHost): readonly string[] {
  const { name, connectText, says, datapath, nic, vfs, underlay, offload, guests, asFound } = host;
  return [
    `  ${scalar(name)}:`,
    `    connect: ${scalar(connectText)}`,
    `    datapath: ${datapath}`,
    ...says.flatMap((text, line) => comment(`${line > 0 ? '  ' : ''}${text}`, '    ')),
    `    nic: ${nic}`,
    ...(vfs === undefined ? [] : [`    vfs: ${vfs}`]),
    ...(underlay === undefined ? [] : [`    underlay: ${underlayText(underlay)}`]),
    ...(offload === undefined ? [] : [`    offload: ${offload}`]),
    '    guests:',
    ...guests.flatMap(guestLines),
    ...foundLines(asFound, '    '),
  ];
}

function underlayText({ address, vlan, ports }: ImportedUnderlay): string {
  if (vlan === undefined && ports.length === 0) return scalar(address);
  const words = [
    `address: ${scalar(address)}`,
    ...(vlan === undefined ? [] : [`vlan: ${vlan}`]),
    ...(ports.length === 0 ? [] : [`ports: [${ports.map(scalar).join(', ')}]`]),
  ];
  return `{ ${words.join(', ')} }`;
}

function guestLines({ name, kind, says, attachments }: ImportedGuest): readonly string[] {
  return [
    ...comment(says, '      '),
    `      ${scalar(name)}:`,
    `        ${kind}: true`,
    '        networks:',
    ...attachments.map((one) => `          ${scalar(one.network)}: ${attachmentText(one)}`),
  ];
}

function attachmentText(one: ImportedAttachment): string {
  const { addresses, vf, macs, maxRateMbps, trust, spoofchk } = one;
  const words = [
    `address: ${addresses.length === 0 ? 'none' : `[${addresses.map((cidr) => JSON.stringify(cidr)).join(', ')}]`}`,
    ...(vf === undefined ? [] : [`vf: ${vf}`]),
    ...(macs.length === 0 ? [] : [`mac: [${macs.map((mac) => JSON.stringify(mac)).join(', ')}]`]),
    ...(maxRateMbps === 0 ? [] : [`max-rate: ${maxRateMbps}`]),
    ...(trust ? ['trust: true'] : []),
    ...(spoofchk ? [] : ['spoofchk: false']),
  ];
  return `{ ${words.join(', ')} }`;
}
