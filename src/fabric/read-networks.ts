import { readAddress, readSubnet } from './address.ts';
import { allOf, type Cursor, child, entries, isGiven, numberOf, textOf } from './cursor.ts';
import { defaultMtu, type ReadNetwork } from './reading.ts';

export function readNetworks(networks: Cursor): readonly ReadNetwork[] {
  return entries(networks).map(readNetwork);
}

function readNetwork(network: Cursor): ReadNetwork {
  return {
    key: String(network.path.at(-1)),
    path: network.path,
    id: numberOf(child(network, 'id')),
    mtu: numberOf(child(network, 'mtu')) ?? defaultMtu,
    subnets: allOf(child(network, 'subnet'), readSubnet),
    gateways: allOf(child(network, 'gateway'), readAddress),
    dns: allOf(child(network, 'dns'), readAddress),
    arpTargets: allOf(child(network, 'arp-targets'), readAddress),
    uplink: readUplink(child(network, 'uplink')),
  };
}

function readUplink(uplink: Cursor): ReadNetwork['uplink'] {
  if (!isGiven(uplink)) return undefined;
  const host = child(uplink, 'host');
  const value = textOf(host);
  return {
    host: value === undefined ? undefined : { value, path: host.path },
    vlan: numberOf(child(uplink, 'vlan')),
  };
}
