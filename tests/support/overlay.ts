import type { BridgeSpec } from '../../src/model/host-spec.ts';
import { asHostName, asIfName, asNetworkName } from '../../src/model/names.ts';

export function known<Name>(name: Name | undefined): Name {
  if (name === undefined) throw new Error('a test names something that is not a name');
  return name;
}

/** A network of three hosts, one of which joins it to a VLAN; still without guests. */
export const bridgeSpec: BridgeSpec = {
  name: known(asIfName('br0')),
  network: known(asNetworkName('household')),
  vni: 43,
  datapathType: 'netdev',
  guestPorts: [],
  tunnels: ['beta', 'gamma'].map((host, index) => ({
    host: known(asHostName(host)),
    port: known(asIfName(`vx-${host}`)),
    remote: `192.168.9.${index + 2}`,
  })),
  uplink: { port: known(asIfName('bond0.20')) },
};
