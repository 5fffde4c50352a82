import type { RackHost } from './rack.ts';

/** The host, network and addresses of each guest in the file. */
export const places = {
  guest1: { host: 'alpha', network: 'household', mac: '02:00:00:00:00:01', v4: '10.0.0.1' },
  guest2: { host: 'beta', network: 'household', mac: '02:00:00:00:00:02', v4: '10.0.0.2' },
  guest3: { host: 'alpha', network: 'household', mac: '02:00:00:00:00:03', v4: '10.0.0.3' },
  guest4: { host: 'alpha', network: 'household', mac: '02:00:00:00:00:04', v4: '10.0.0.4' },
  guest5: { host: 'alpha', network: 'household', mac: '02:00:00:00:00:05', v4: '10.0.0.5' },
  guest6: { host: 'gamma', network: 'household', mac: '02:00:00:00:00:06', v4: '10.0.0.6' },
  disk1: { host: 'alpha', network: 'storage', mac: '02:00:00:00:00:07', v4: '192.168.10.1' },
  disk2: { host: 'beta', network: 'storage', mac: '02:00:00:00:00:08', v4: '192.168.10.2' },
  disk3: { host: 'alpha', network: 'storage', mac: '02:00:00:00:00:09', v4: '192.168.10.3' },
  /** A VM of another manager, on a tap. */
  vm1: { host: 'gamma', network: 'household', mac: '02:00:00:00:00:19', v4: '10.0.0.19' },
} as const satisfies {
  readonly [guest: string]: { host: RackHost; network: string; mac: string; v4: string };
};

export type RackGuest = keyof typeof places;
export const guestNames = Object.keys(places) as readonly RackGuest[];

/** As the forgeries need: guest1 and guest2 have addresses, guest3 leases them, guest4 may use any, guest5’s are unknown. */
const addresses: { readonly [guest in RackGuest]: string } = {
  guest1: 'address: { v4: 10.0.0.1/24, v6: "fd00::1/64" }',
  guest2: 'address: { v4: 10.0.0.2/24, v6: "fd00::2/64" }',
  guest3: 'address: dhcp',
  guest4: 'address: none, spoofchk: false',
  guest5: 'address: none',
  guest6: 'address: { v4: 10.0.0.6/24, v6: "fd00::6/64" }',
  disk1: 'address: 192.168.10.1/24',
  disk2: 'address: 192.168.10.2/24',
  disk3: 'address: 192.168.10.3/24',
  vm1: 'address: 10.0.0.19/24',
};

/** The MAC of a host’s first port and of the bridge with that port, and the tunnel address. */
export const underlay: { readonly [host in RackHost]: { mac: string; address: string } } = {
  alpha: { mac: '02:99:00:00:01:01', address: '192.168.9.1' },
  beta: { mac: '02:99:00:00:01:02', address: '192.168.9.2' },
  gamma: { mac: '02:99:00:00:01:03', address: '192.168.9.3' },
};

export const vni = { household: 43, storage: 42 } as const;
/** The switches’ VLAN to which household is joined, at alpha. */
export const uplinkVlan = 20;

/** A host's `underlay:`, by the host's number. */
export type UnderlayText = (number: number) => string;
const twoPorts: UnderlayText = (number) => `{ address: 192.168.9.${number}/24, ports: [eth1, eth2] }`;

export function fabricText(hosts: readonly RackHost[], underlayText = twoPorts): string {
  return `name: rack7
networks:
  household: { id: ${vni.household}, subnet: [10.0.0.0/24, "fd00::/64"], uplink: { host: alpha, vlan: ${uplinkVlan} } }
  storage: { id: ${vni.storage}, mtu: 9000, subnet: 192.168.10.0/24 }
hosts:
${hosts.map((host, index) => hostText(host, underlayText(index + 1))).join('')}`;
}

function hostText(host: RackHost, underlayLine: string): string {
  const lines = [
    `connect: root@${host}`,
    'datapath: ovs-dpdk',
    'nic: software',
    'offload: off',
    `underlay: ${underlayLine}`,
    'guests:',
    ...guestNames.filter((guest) => places[guest].host === host).map(guestText),
  ];
  return `  ${host}:\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

function guestText(guest: RackGuest): string {
  const { network, mac } = places[guest];
  const kind = guest === 'vm1' ? 'external' : 'netns';
  return `  ${guest}: { ${kind}: true, networks: { ${network}: { ${addresses[guest]}, mac: "${mac}" } } }`;
}
