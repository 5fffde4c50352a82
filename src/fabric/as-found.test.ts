import { describe, expect, test } from 'vitest';
import { parseFabric } from './parse-fabric.ts';

const file = (host: string, attachment = '{ address: none, vf: 1 }', datapath = 'legacy-vlan') => `name: rack7
networks:
  storage: { id: 42 }
hosts:
  alpha:
    connect: root@alpha
    datapath: ${datapath}
    nic: "0000:03:00"
    vfs: 2
${datapath === 'legacy-vlan' ? '' : '    underlay: 192.168.9.1/24\n'}    guests:
      web: { external: true, networks: { storage: ${attachment} } }
      db: { external: true, networks: { storage: { address: none, vf: 0 } } }
${host}`;

const found = (text: string) =>
  parseFabric(text, 'f').findings.map(({ code, where: { path }, message }) => ({ code, path, message }));

describe('as-found', () => {
  test('names kinds, places and values, and a range of VFs stands for each of them', () => {
    const { fabric, findings } = parseFabric(
      file(
        '    as-found:\n      vf-mac: { "0000:03:00.0/0-1": "00:00:00:00:00:00" }\n      bridge: { br-x: null, br-y: { fail: [1, true] } }\n',
      ),
      'f',
    );
    expect(findings).toEqual([]);
    expect(fabric?.hosts[0]?.asFound).toEqual([
      { resource: 'vf-mac', at: '0000:03:00.0/0', value: '00:00:00:00:00:00' },
      { resource: 'vf-mac', at: '0000:03:00.0/1', value: '00:00:00:00:00:00' },
      { resource: 'bridge', at: 'br-x', value: null },
      { resource: 'bridge', at: 'br-y', value: { fail: [1, true] } },
    ]);
  });

  test('a range that runs backwards is refused', () => {
    expect(found(file('    as-found: { vf-mac: { "0000:03:00.0/7-2": x } }\n'))).toEqual([
      expect.objectContaining({
        code: 'VF2281',
        path: expect.stringContaining('hosts.alpha.as-found.vf-mac'),
      }),
    ]);
  });

  test.each(['[]', 'vf-mac', '{ vf-mac: true }'])('%s is refused', (value) => {
    expect(found(file(`    as-found: ${value}\n`)).map(({ code }) => code)).toEqual(['VF1010']);
  });
});

describe('vf', () => {
  test('is in the pool, and given once only', () => {
    expect(found(file('', '{ address: none, vf: 2 }'))).toEqual([
      {
        code: 'VF2280',
        path: 'hosts.alpha.guests.web.networks.storage.vf',
        message: 'there is no VF 2 in a pool of 2',
      },
    ]);
    expect(found(file('', '{ address: none, vf: 0 }'))).toEqual([
      expect.objectContaining({ code: 'VF2280', path: 'hosts.alpha.guests.db.networks.storage.vf' }),
    ]);
  });

  test('on an overlay both pools are counted', () => {
    expect(found(file('', '{ address: none, vf: 3 }', 'ovs-tc'))).toEqual([]);
    expect(found(file('', '{ address: none, vf: 4 }', 'ovs-tc')).map(({ code }) => code)).toEqual(['VF2280']);
  });
});
