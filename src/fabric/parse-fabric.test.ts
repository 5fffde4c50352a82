import { describe, expect, test } from 'vitest';
import { parseFabric } from './parse-fabric.ts';

/** The example of the format, in every form that a later part of the file may overwrite. */
const example = `vflane: 1
name: rack7
networks:
  storage:   { id: 42, mtu: 9000, subnet: 192.168.10.0/24 }
  household: { id: 43, gateway: 10.3.0.1, dns: [10.3.0.1], arp-targets: [10.3.0.1], uplink: { host: alpha, vlan: 20 } }
hosts:
  alpha:
    connect: root@alpha
    datapath: ovs-tc
    nic: "0000:03:00"
    vfs: 16
    underlay: 192.168.9.2/24
    offload: required
    guests:
      ceph1:
        vm: { cpus: 16, memory: 8G, disk: debian-13.qcow2 }
        networks:
          storage: 192.168.10.2/24
`;

describe('a file without errors', () => {
  test('is a fabric with every name checked and every default filled in', () => {
    const { fabric, findings } = parseFabric(example, 'fabric.yaml');
    expect(findings.map((finding) => `${finding.code} ${finding.severity}`)).toEqual([]);
    expect(fabric).toMatchObject({
      name: 'rack7',
      networks: [
        {
          name: 'storage',
          id: 42,
          mtu: 9000,
          subnets: ['192.168.10.0/24'],
          gateways: [],
          dns: [],
          arpTargets: [],
        },
        { name: 'household', id: 43, mtu: 1500, gateways: ['10.3.0.1'], uplink: { host: 'alpha', vlan: 20 } },
      ],
      hosts: [
        {
          name: 'alpha',
          connect: { kind: 'ssh', destination: 'root@alpha' },
          datapath: 'ovs-tc',
          nic: { kind: 'pfs', pfs: ['0000:03:00.0', '0000:03:00.1'] },
          vfs: 16,
          underlay: { address: '192.168.9.2/24', routes: [], arpTargets: [], ports: [], adopt: false },
          offload: 'required',
          guests: [
            {
              name: 'ceph1',
              kind: 'vm',
              vm: {
                cpus: 16,
                memoryMiB: 8192,
                disk: 'debian-13.qcow2',
                hugepages: false,
                pci: [],
                manager: 'systemd',
                autostart: true,
                firmware: 'bios',
                cloudInit: { sshKeys: [] },
              },
              attachments: [
                {
                  network: 'storage',
                  addresses: ['192.168.10.2/24'],
                  dhcp: false,
                  macs: [],
                  maxRateMbps: 0,
                  trust: false,
                  spoofchk: true,
                },
              ],
            },
          ],
        },
      ],
    });
  });

  test('tells where a key stands, so that a later finding can point at it', () => {
    const places = parseFabric(example, 'fabric.yaml').fabric?.source.places;
    expect(places?.get('hosts.alpha.datapath')).toEqual({ line: 9, col: 15 });
    expect(places?.get('hosts.alpha.guests.ceph1')).toEqual({ line: 15, col: 7 });
    expect(places?.get('hosts.alpha.guests.ceph1.networks.storage')).toEqual({ line: 18, col: 20 });
  });

  test('says where a key that is not written would be', () => {
    const places = parseFabric(example, 'fabric.yaml').fabric?.source.places;
    expect(places?.get('networks.household.mtu')).toEqual({ line: 5, col: 3 });
  });

  test('keeps the order of the file, even for names that look like numbers', () => {
    const text = 'name: n\nnetworks: { b: {id: 1}, 10: {id: 2}, 2: {id: 3} }\nhosts: {}\n';
    const names = parseFabric(text, 'f').fabric?.networks.map((network) => network.name);
    expect(names).toEqual(['b', '10', '2']);
  });
});

/** One host, in as few words as can be, with these lines in it. */
function withHost(lines: string, networks = 'n: { id: 7, subnet: 10.0.0.0/24 }'): string {
  return `name: t\nnetworks: { ${networks} }\nhosts:\n  a:\n    connect: local\n${lines}\n`;
}

const legacy = '    datapath: legacy-vlan\n    nic: "0000:03:00"\n';

function attachmentOf(value: string) {
  const guests = `    guests: { g: { netns: true, networks: { n: ${value} } } }`;
  const { fabric, findings } = parseFabric(withHost(legacy + guests, 'n: { id: 7 }'), 'f');
  expect(findings).toEqual([]);
  return fabric?.hosts[0]?.guests[0]?.attachments[0];
}

describe('the forms of an attachment', () => {
  const forms: readonly (readonly [string, object])[] = [
    ['10.0.0.2/24', { addresses: ['10.0.0.2/24'], dhcp: false }],
    ['[10.0.0.2/24, "fd00::2/64"]', { addresses: ['10.0.0.2/24', 'fd00::2/64'] }],
    ['dhcp', { addresses: [], dhcp: true }],
    ['none', { addresses: [], dhcp: false }],
    ['{}', { addresses: [], dhcp: false, maxRateMbps: 0, trust: false, spoofchk: true }],
    ['{ address: dhcp }', { addresses: [], dhcp: true }],
    ['{ address: { v4: 10.0.0.2/24, v6: none } }', { addresses: ['10.0.0.2/24'], dhcp: false }],
    ['{ address: { v4: dhcp, v6: "fd00::2/64" } }', { addresses: ['fd00::2/64'], dhcp: true }],
    ['{ v4: none, v6: dhcp }', { addresses: [], dhcp: false, dhcp6: true }],
    ['{ address: 10.0.0.2/24, max-rate: 10G }', { maxRateMbps: 10_000 }],
    ['{ max-rate: 500M }', { maxRateMbps: 500 }],
    ['{ max-rate: 250 }', { maxRateMbps: 250 }],
    ['{ mac: 02:00:00:AA:00:01 }', { macs: ['02:00:00:aa:00:01'] }],
    ['{ mac: [02:00:00:00:00:01, 02:00:00:00:00:02] }', { macs: ['02:00:00:00:00:01', '02:00:00:00:00:02'] }],
    ['{ trust: true, spoofchk: false }', { trust: true, spoofchk: false }],
    ['"::ffff:10.0.0.2/120"', { addresses: ['10.0.0.2/24'] }],
    ['"FD00:0:0::0002/64"', { addresses: ['fd00::2/64'] }],
  ];
  test.each(forms)('%s', (value, expected) => {
    expect(attachmentOf(value)).toMatchObject(expected);
  });
});

describe('the forms of nic and connect', () => {
  const hosts: readonly (readonly [string, object])[] = [
    ['nic: [0000:03:00.1, 0000:03:00.0]', { nic: { kind: 'pfs', pfs: ['0000:03:00.1', '0000:03:00.0'] } }],
    ['nic: 0000:C1:00', { nic: { kind: 'pfs', pfs: ['0000:c1:00.0', '0000:c1:00.1'] } }],
    ['nic: software', { nic: { kind: 'software' }, offload: 'off' }],
  ];
  test.each(hosts)('%s', (line, expected) => {
    const { fabric } = parseFabric(withHost(`    datapath: legacy-vlan\n    ${line}`), 'f');
    expect(fabric?.hosts[0]).toMatchObject(expected);
  });

  test('an underlay in full', () => {
    const underlay =
      '{ address: 192.168.9.2/24, vlan: 9, routes: [{ to: 0.0.0.0/0, via: 192.168.9.1 }], arp-targets: 192.168.9.1, ports: [eth1, eth2, eth1], adopt: true }';
    const lines = `    datapath: ovs-tc\n    nic: software\n    underlay: ${underlay}`;
    expect(parseFabric(withHost(lines), 'f').fabric?.hosts[0]?.underlay).toEqual({
      address: '192.168.9.2/24',
      vlan: 9,
      routes: [{ to: '0.0.0.0/0', via: '192.168.9.1' }],
      arpTargets: ['192.168.9.1'],
      ports: ['eth1', 'eth2'],
      adopt: true,
    });
  });

  test('an alias stands for what its anchor marks', () => {
    const text = `name: t\nhosts:\n  a: &host { connect: sim:igb, datapath: legacy-vlan, nic: "0000:03:00" }\n  b: *host\n`;
    const { fabric, findings } = parseFabric(text, 'f');
    expect(findings).toEqual([]);
    expect(fabric?.hosts.map((host) => `${host.name} ${host.connect.kind}`)).toEqual(['a sim', 'b sim']);
  });
});
