import { describe, expect, test } from 'vitest';
import {
  bridge,
  card,
  legacyPorts,
  links,
  logLines,
  ovs,
  ovsPort,
  type PatientParts,
  patient,
  port,
  tunnel,
  vf,
  vfLag,
  vxlan,
  watched,
} from '../../tests/support/patients.ts';
import { fabric, fabricHost, guest, link, pf0, pf1 } from '../../tests/support/states.ts';
import { expandLegacyVlan } from '../datapath/legacy-vlan.ts';
import { emptyLedger } from '../model/ledger.ts';
import { asPciAddress } from '../model/names.ts';
import { ailments, diagnose } from './ailments.ts';
import { verdictsOf } from './verdicts.ts';
import { budgetsOf } from './vf-budget.ts';

const without = { tcOffload: { on: false, fixed: true } };
const apart = { ...vfLag, flags: ['shared_fdb:off'] };
const noLag = { state: 'disabled', type: undefined, flags: [] };
const both = (more: Parameters<typeof port>[1]) => ({ pfs: [port(0, more), port(1, more)] });
const x = (lanes: number) => ({ speed: '16.0 GT/s PCIe', lanes });
const slot = (now: number, above: number | undefined, can = 16) => ({
  cards: {
    [pf0]: card({
      slot: {
        now: x(now),
        card: x(can),
        above: above === undefined ? undefined : x(above),
        port: '0000:00:01.1',
      },
    }),
  },
});
const owner = (by: 'NetworkManager' | 'systemd-networkd' | 'netplan' | 'ifupdown') => ({
  survey: { owners: [{ by, netdev: 'enp3s0f0np0', path: '/run/x', says: 'managed=true' }] },
});
const unused = { pfs: [port(0, { eswitch: 'legacy', numVfs: 0, vfs: [] })] } as const;
const odd = (recovery: boolean, driver?: string) => ({
  survey: {
    odd: [
      {
        pci: asPciAddress('0000:41:00.0') ?? pf0,
        id: recovery ? '15b3:020d' : '15b3:1019',
        driver,
        recovery,
      },
    ],
  },
});
const offloadLog = (line: string) => logLines(`mlx5_core 0000:03:00.0: ${line}`);
const guestLinks = (first: string, second: string, bond = {}) => ({
  web: [
    link('bond0', undefined, { kind: 'bond', bond: { ...watched, failOverMac: 'active', ...bond } }),
    link('va', first, { master: 'bond0', mac: '02:00:00:00:00:01' }),
    link('vb', second, { master: 'bond0', mac: '02:00:00:00:00:02' }),
  ],
});
const vfs2 = legacyPorts({ vfs: [vf(0), vf(1)] }, { vfs: [vf(0, {}, 1)] });
const [a0, a1, b0] = ['0000:03:00.2', '0000:03:00.3', '0000:03:02.2'] as const;
const dpdk = (more: Parameters<typeof ovs>[0] = {}) =>
  ovs({ settings: { 'dpdk-init': 'true' }, dpdkInitialized: true, bridges: [], ...more });
const made = {
  entries: new Map([['num-vfs 0000:03:00.0', { resource: 'num-vfs', at: '0000:03:00.0', value: 8, was: 0 }]]),
  allocation: {},
};
const wants = (count: number) => {
  const host = fabricHost('alpha', [guest('web', 'external', ['storage'])], count);
  const all = fabric([host]);
  return { fabric: all, host, spec: expandLegacyVlan(all, host, emptyLedger) };
};
const withBridge = (more: Parameters<typeof bridge>[0]) => ({ ovs: ovs({}, bridge(more)) });

/** Each with what it is found by, and what is like it and is none. */
const cases: { readonly [code: string]: readonly [is: PatientParts, isNot: PatientParts] } = {
  VF2006: [{ state: { root: false } }, { state: { root: true } }],
  VF2134: [odd(true), odd(false, 'vfio-pci')],
  VF2164: [odd(false), odd(false, 'vfio-pci')],
  VF2002: [
    { state: { pfs: [port(0, { netdev: undefined, driver: 'vfio-pci' })] } },
    { state: { pfs: [port(0, { present: false, netdev: undefined })] } },
  ],
  VF2003: [
    { state: legacyPorts({ totalVfs: 0, numVfs: 0, vfs: [] }) },
    { state: legacyPorts({ totalVfs: { unseen: 'EACCES' } }) },
  ],
  VF2131: [
    {
      state: legacyPorts({ numVfs: 0, vfs: [] }),
      survey: {
        cards: { [pf0]: card({ window: { bytes: 0, above: undefined, msix: undefined } }) },
        ...offloadLog('not enough MMIO resources for SR-IOV'),
      },
    },
    {
      state: legacyPorts({ numVfs: 0, vfs: [] }),
      survey: offloadLog('not enough MMIO resources for SR-IOV'),
    },
  ],
  VF2160: [{ wants: wants(64) }, { wants: wants(20) }],
  VF2005: [{ state: { iommu: false } }, { state: { iommu: false, pfs: [port(0, { vfs: [] })] } }],
  VF2113: [{ survey: slot(4, 8) }, { survey: slot(8, 8) }],
  VF2114: [{ survey: slot(8, 8) }, { survey: slot(16, 16) }],
  VF2115: [
    {
      survey: {
        cards: { [pf0]: card({ firmware: { psid: 'X', running: '16.31.2006', stored: '16.35.4554' } }) },
      },
    },
    {
      survey: {
        cards: { [pf0]: card({ firmware: { psid: 'X', running: '16.31.2006', stored: undefined } }) },
      },
    },
  ],
  VF2122: [{ survey: { lockdown: 'integrity' } }, { survey: { lockdown: undefined } }],
  VF2100: [{ state: both(without) }, { state: { ...both(without), ovs: ovs({ settings: {} }) } }],
  VF2101: [
    { state: { ...both({ ...without, lag: apart }), ovs: dpdk() } },
    { state: { ...both({ lag: apart }), ovs: dpdk() } },
  ],
  VF2130: [
    {
      state: legacyPorts(),
      survey: offloadLog(
        'CREATE_FLOW_TABLE(0x930) op_mod(0x0) failed, status bad parameter(0x3), syndrome (0x98afbb), err(-22)',
      ),
    },
    { survey: offloadLog('Failed to create slow path FDB Table err -22') },
  ],
  VF2132: [
    { survey: logLines('vfio-pci 0000:03:00.2: Relaying device request to user (#0)') },
    { survey: { ...logLines('vfio-pci 0000:03:00.2: Relaying device request to user (#0)'), holders: [] } },
  ],
  VF2118: [{ ledger: made, state: both({ numVfs: 0, vfs: [] }) }, { ledger: made }],
  VF2153: [
    { state: { links: links({ enp3s0f0np0: { slave: { active: false, alive: false } } }) } },
    { state: { links: links({ enp3s0f0np0: { carrier: false, slave: { active: false, alive: false } } }) } },
  ],
  VF2154: [
    { state: { links: links({ enp3s0f1np1: { carrier: false } }) } },
    { state: { links: links({ enp3s0f1np1: { up: false, carrier: false } }) } },
  ],
  VF2166: [
    { survey: { speeds: { enp3s0f0np0: 100_000, enp3s0f1np1: 25_000 } } },
    { survey: { speeds: { enp3s0f0np0: 100_000, enp3s0f1np1: undefined } } },
  ],
  VF2046: [
    { state: { links: links({ bond0: { bond: { ...watched, miimonMs: 0 } } }) } },
    { state: { links: links({ bond0: { bond: { ...watched, miimonMs: 0, arpIntervalMs: 100 } } }) } },
  ],
  VF2148: [
    { state: { links: links({ bond0: { bond: { ...watched, arpTargets: ['10.0.0.10'] } } }) } },
    { state: { links: links({ bond0: { bond: { ...watched, arpTargets: ['10.0.0.1'] } } }) } },
  ],
  VF2045: [
    { state: { links: links({ enp3s0f0np0: { addresses: ['10.1.0.1/24'] } }) } },
    { state: { links: links({ enp3s0f0np0: { master: undefined, addresses: ['10.1.0.1/24'] } }) } },
  ],
  VF2041: [
    { state: { pfs: [port(0), port(1, { eswitch: 'legacy' })] } },
    { state: { pfs: [port(0), port(1, { eswitch: { unseen: 'EPERM' } })] } },
  ],
  VF2126: [
    { state: { links: links({ enp3s0f1np1: { master: undefined } }) } },
    { state: { links: links({ enp3s0f0np0: { master: undefined }, enp3s0f1np1: { master: undefined } }) } },
  ],
  VF2125: [
    { state: { links: links({ eno1: { master: 'bond0' } }) } },
    { state: { links: links({ eno1: { master: 'bond1' } }) } },
  ],
  VF2124: [
    { state: { links: links({ bond0: { bond: { ...watched, mode: 'balance-alb' } } }) } },
    { state: { links: links({ bond0: { bond: { ...watched, mode: '802.3ad' } } }) } },
  ],
  VF2102: [{ state: both({ totalVfs: 65 }) }, { state: both({ totalVfs: 64 }) }],
  VF2127: [{ survey: { metadata: { [pf0]: false } } }, { survey: { metadata: { [pf0]: true } } }],
  VF2040: [
    { state: both({ lag: { state: 'active', type: 'roce', flags: [] } }) },
    { state: both({ lag: { unseen: 'EACCES' } }) },
  ],
  VF2048: [
    { state: both({ lag: noLag }) },
    { state: { ...both({ lag: noLag }), links: links({ enp3s0f1np1: { master: undefined } }) } },
  ],
  VF2047: [{ state: both({ lag: apart }) }, { state: both({ lag: vfLag }) }],
  VF2129: [
    {
      state: both({ lag: noLag }),
      survey: offloadLog('Failed to deactivate VF LAG; driver restart required'),
    },
    { survey: offloadLog('Failed to deactivate VF LAG; driver restart required') },
  ],
  VF2103: [
    { state: { pfs: [port(0, { rdma: ['rocep3s0f0'] }), port(1)], ovs: dpdk() } },
    { state: { ovs: dpdk() } },
  ],
  VF2104: [
    { state: both({ channels: { now: 1, max: 32 } }) },
    { state: both({ channels: { now: 1, max: 1 } }) },
  ],
  VF2106: [
    {
      state: { ...legacyPorts(), links: [link('enp3s0f0np0', pf0), link('enp3s0f1np1', pf1, { up: true })] },
    },
    { state: { ...legacyPorts({ numVfs: 0, vfs: [] }), links: [link('enp3s0f0np0', pf0)] } },
  ],
  VF2105: [
    { state: { links: links({ rep0: { up: false } }) } },
    { state: { links: links({ rep0: { up: false, physPortName: 'pf0vf1' } }) } },
  ],
  VF2136: [
    { state: both({ tcOffload: { on: false, fixed: false } }) },
    { state: both({ tcOffload: { on: false, fixed: true } }) },
  ],
  VF2150: [
    { state: { ...vfs2, namespaces: guestLinks(a0, a1) } },
    { state: { ...vfs2, namespaces: guestLinks(a0, b0) } },
  ],
  VF2151: [
    { state: { namespaces: guestLinks(a0, b0, { miimonMs: 0 }) } },
    { state: { namespaces: guestLinks(a0, b0, { miimonMs: 0, arpIntervalMs: 50 }) } },
  ],
  VF2110: [
    { state: legacyPorts({ vfs: [vf(0, { admin: { linkState: 'enable' } })] }) },
    { state: legacyPorts({ vfs: [vf(0, { admin: { linkState: 'disable' } })] }) },
  ],
  VF2111: [
    {
      state: {
        ...legacyPorts(
          { vfs: [vf(0, { admin: { mac: '02:00:00:00:00:99', spoofchk: true } })] },
          { vfs: [] },
        ),
        namespaces: guestLinks(a0, b0, { failOverMac: 'none' }),
      },
    },
    {
      state: {
        ...legacyPorts(
          { vfs: [vf(0, { admin: { mac: '02:00:00:00:00:01', spoofchk: true } })] },
          { vfs: [] },
        ),
        namespaces: guestLinks(a0, b0),
      },
    },
  ],
  VF2112: [
    {
      state: legacyPorts({
        vfs: [vf(0, { driver: 'vfio-pci', driverOverride: 'vfio-pci', admin: { spoofchk: true } })],
      }),
    },
    {
      state: legacyPorts(
        {
          vfs: [
            vf(0, {
              driver: 'vfio-pci',
              driverOverride: 'vfio-pci',
              admin: { spoofchk: true, mac: '02:00:00:00:00:01' },
            }),
          ],
        },
        { vfs: [] },
      ),
    },
  ],
  VF2149: [
    {
      state: legacyPorts(
        { vfs: [vf(0, { admin: { mac: '02:00:00:00:00:01' } })] },
        { vfs: [vf(0, { admin: { mac: '02:00:00:00:00:01' } }, 1)] },
      ),
    },
    { state: legacyPorts({ vfs: [vf(0)] }, { vfs: [vf(0, {}, 1)] }) },
  ],
  VF2043: [
    { state: { pfs: [port(0, { vfs: [vf(0, { driver: 'vfio-pci' })] })] } },
    {
      state: {
        pfs: [port(0, { vfs: [vf(0, { driver: 'vfio-pci' })] })],
        holders: [{ path: '/dev/vfio/20', pid: 4000, command: 'qemu' }],
      },
    },
  ],
  VF2133: [
    { state: { pfs: [port(0, { vfs: [vf(0, { driverOverride: 'vfio-pci' })] })] } },
    { state: { pfs: [port(0, { vfs: [vf(0)] })] } },
  ],
  VF2135: [
    {
      state: {
        pfs: [
          port(0, { vfs: [vf(0, { driver: 'vfio-pci', driverOverride: 'vfio-pci', iommuGroup: '16' })] }),
        ],
      },
    },
    { state: { pfs: [port(0, { vfs: [vf(0, { driver: 'mlx5_core', iommuGroup: '16' })] })] } },
  ],
  VF2147: [
    {
      state: {
        ...legacyPorts({ vfs: [vf(0, { driver: 'mlx5_core', netdev: 'enp3s0f0v0' })] }, { vfs: [] }),
        links: [link('enp3s0f0v0', a0, { up: true })],
      },
    },
    {
      state: {
        ...legacyPorts(
          { vfs: [vf(0, { driver: 'mlx5_core', netdev: 'enp3s0f0v0', admin: { vlan: 42 } })] },
          { vfs: [] },
        ),
        links: [link('enp3s0f0v0', a0, { up: true })],
      },
    },
  ],
  VF2119: [{}, { state: legacyPorts() }],
  VF2120: [
    { survey: { holders: [{ pid: 4000, command: 'qemu', groups: ['20'], cpus: '0-31' }] } },
    { survey: { holders: [{ pid: 4000, command: 'qemu', groups: ['20'], cpus: '2-5,7' }] } },
  ],
  VF2050: [
    { state: { ovs: { unseen: 'no db.sock', lacks: 'service' } } },
    { state: { ovs: { unseen: 'no ovs-vsctl', lacks: 'program' } } },
  ],
  VF2051: [
    { state: { ovs: ovs({ daemon: false }) } },
    { state: { ovs: ovs({ daemon: { unseen: 'no answer' } }) } },
  ],
  VF2121: [{ state: { ovs: dpdk(), hugepages: { host: 512 } } }, { state: { hugepages: { host: 0 } } }],
  VF2123: [{ state: { ovs: dpdk({ dpdkInitialized: false }) } }, { state: { ovs: dpdk() } }],
  VF2146: [
    { state: { ovs: dpdk(), ovsStart: { dropIn: null, script: null, flows: {} } } },
    { state: { ovs: dpdk(), ovsStart: { dropIn: { unseen: 'EACCES' }, script: null, flows: {} } } },
  ],
  VF2108: [
    { survey: { qdiscs: [{ netdev: 'rep0', kind: 'noqueue', block: undefined }] } },
    { survey: { qdiscs: { unseen: 'no tc' } } },
  ],
  VF2138: [
    { state: { ovs: ovs({ settings: { 'hw-offload': 'true', 'tc-policy': 'skip_hw' } }) } },
    { state: { ovs: ovs({ settings: { 'hw-offload': 'true', 'tc-policy': 'none' } }) } },
  ],
  VF2128: [
    {
      state: withBridge({ ports: [ovsPort('bond0')] }),
      survey: {
        qdiscs: [
          { netdev: 'bond0', kind: 'ingress', block: 22 },
          { netdev: 'enp3s0f0np0', kind: 'ingress', block: 22 },
        ],
      },
    },
    {
      state: withBridge({ ports: [ovsPort('bond0')] }),
      survey: {
        qdiscs: ['bond0', 'enp3s0f0np0', 'enp3s0f1np1'].map((netdev) => ({
          netdev,
          kind: 'ingress',
          block: 22,
        })),
      },
    },
  ],
  VF2167: [
    { state: withBridge({ ports: [ovsPort('enp3s0f0np0')] }) },
    { state: withBridge({ ports: [ovsPort('bond0')] }) },
  ],
  VF2117: [
    {
      state: withBridge({
        ports: [
          ovsPort('enp3s0f0npf0vf0', {
            error: 'could not open network device enp3s0f0npf0vf0 (No such device)',
          }),
        ],
      }),
    },
    {
      state: withBridge({
        ports: [
          ovsPort('enp3s0f0npf0vf7', {
            error: 'could not open network device enp3s0f0npf0vf7 (No such device)',
          }),
        ],
      }),
    },
  ],
  VF2137: [
    {
      state: withBridge({
        ports: [ovsPort('tap7', { error: 'could not open network device tap7 (No such device)' })],
      }),
    },
    {
      state: withBridge({
        ports: [
          ovsPort('enp3s0f0r0', { error: 'could not open network device enp3s0f0r0 (No such device)' }),
        ],
      }),
    },
  ],
  VF2168: [
    { state: { links: links({ bond0: { addresses: [] } }) } },
    { state: { links: { unseen: 'no ip' } } },
  ],
  VF2109: [
    { state: { links: links({ bond0: { addresses: [] }, eno1: { addresses: ['192.168.9.1/24'] } }) } },
    { state: { links: links({ eno1: { addresses: ['192.168.8.1/24'] } }) } },
  ],
  VF2107: [
    { state: { links: links({ bond0: { mtu: 9049 } }) } },
    { state: { links: links({ bond0: { mtu: 9050 } }) } },
  ],
  VF2139: [
    { state: withBridge({ ports: [tunnel({ options: { ...vxlan, dst_port: '8472' } })] }) },
    { state: withBridge({ ports: [tunnel({ options: { ...vxlan, dst_port: '4789' } })] }) },
  ],
  VF2140: [
    {
      state: withBridge({
        failMode: '',
        ports: [tunnel({ protected: false }), tunnel({ name: 'vxlan1', protected: false })],
      }),
    },
    { state: withBridge({ failMode: '', ports: [tunnel({ protected: false })] }) },
  ],
  VF2143: [
    { state: withBridge({ failMode: 'standalone' }) },
    { state: withBridge({ failMode: '', ports: [tunnel()] }) },
  ],
  VF2145: [{ state: withBridge({ flows: [] }) }, { state: withBridge({ flows: { unseen: 'no answer' } }) }],
  VF2141: [
    { state: { links: links({ 'br-storage': { up: true } }) } },
    { state: { ...withBridge({ ports: [ovsPort('rep0')] }), links: links({ 'br-storage': { up: true } }) } },
  ],
  VF2142: [{ state: { ipv6: { rep0: true } } }, { state: { ipv6: { rep0: { unseen: 'EACCES' } } } }],
  VF2144: [
    { state: { guard: { 'inet vflane': [], 'arp vflane': [] } } },
    { state: { guard: { 'inet vflane': { unseen: 'no nft', lacks: 'program' } } } },
  ],
  VF2161: [owner('NetworkManager'), { ...owner('NetworkManager'), state: unused }],
  VF2162: [owner('systemd-networkd'), { ...owner('systemd-networkd'), state: unused }],
  VF2163: [owner('netplan'), { ...owner('netplan'), state: unused }],
  VF2165: [owner('ifupdown'), { ...owner('ifupdown'), state: unused }],
  VF2158: [
    { survey: { clock: { hostMs: 61_000, oursMs: 1000 } } },
    { survey: { clock: { hostMs: 3000, oursMs: 1000 } } },
  ],
};

function codesOf(parts: PatientParts): readonly string[] {
  return diagnose(patient(parts)).map(({ code }) => code);
}

test('a healthy host shows nothing but what trust would say', () => {
  expect(codesOf({})).toEqual(['VF2119']);
});

test('every rule has a case, and there are at least forty', () => {
  expect(Object.keys(cases).sort()).toEqual(ailments.map(({ code }) => code).sort());
  expect(ailments.length).toBeGreaterThanOrEqual(40);
});

test('every row of the checklist at the end of the facts has its rule', () => {
  const sources = ailments.map(({ source }) => source).join(' ');
  const missing = Array.from({ length: 23 }, (_, row) => `§14.${row + 1}`).filter(
    (row) => !new RegExp(`${row.replace('.', '\\.')}(?!\\d)`).test(sources),
  );
  expect(missing).toEqual([]);
});

describe.each(Object.entries(cases))('%s', (code, [is, isNot]) => {
  test('is found, with its evidence, its cost, its remedy and its source', () => {
    const found = diagnose(patient(is)).filter((one) => one.code === code);
    expect(found).not.toEqual([]);
    const [{ evidence = [], costs = '', source = '', hint = '', message = '' } = {}] = found;
    expect(evidence.length).toBeGreaterThan(0);
    for (const { read, saw } of evidence)
      expect(
        [read, saw].every((text) => text.length > 0 && !/undefined|\[object/.test(text)),
        `${read}: ${saw}`,
      ).toBe(true);
    expect(`${message} ${hint}`).not.toMatch(/undefined|\[object|NaN/);
    expect(costs.length).toBeGreaterThan(10);
    expect(source).not.toBe('');
  });

  test('is not found if only part of it is the case', () => {
    expect(codesOf(isNot)).not.toContain(code);
  });
});

test('a disabled Open vSwitch is an error if something needs it', () => {
  const stopped = { ovs: { unseen: 'ovsdb-server does not run', lacks: 'service' } } as const;
  const severity = (parts: PatientParts) =>
    diagnose(patient(parts)).find(({ code }) => code === 'VF2050')?.severity;
  const bridges = { resource: 'bridge', at: 'br-storage', value: {}, was: null };
  const ledger = { entries: new Map([['bridge br-storage', bridges]]), allocation: {} };
  expect(severity({ state: stopped })).toBe('warning');
  expect(severity({ state: stopped, wants: wants(8) })).toBe('info');
  expect(severity({ state: stopped, wants: wants(8), ledger })).toBe('error');
});

test('another maker’s card has no budget, and needs no other mlx5', () => {
  const igb = {
    id: '8086:10c9',
    driver: 'igb',
    eswitch: 'none',
    tcOffload: { on: false, fixed: true },
  } as const;
  const other = patient({ state: { pfs: [port(0, igb), port(1, igb)] } });
  expect(budgetsOf(other)).toEqual([]);
  expect(
    verdictsOf(other)
      .flatMap(({ because }) => because)
      .join(),
  ).not.toMatch(/mlx5/);
});

test('what follows from another fault comes after it and says so', () => {
  const found = diagnose(patient({ state: { ...both({ ...without, lag: apart }), ovs: dpdk() } }));
  const [root, later] = ['VF2101', 'VF2047'].map((code) => found.findIndex((one) => one.code === code));
  expect(root).toBeLessThan(later ?? 0);
  expect(found[later ?? 0]?.follows).toEqual(['VF2101']);
});

test('if nothing could be looked at, nothing is called wrong', () => {
  const unseen = { unseen: 'EACCES' };
  const hidden = {
    eswitch: unseen,
    channels: unseen,
    lag: unseen,
    tcOffload: unseen,
    rdma: unseen,
    totalVfs: unseen,
    numVfs: unseen,
    vfs: [],
  };
  const dark: PatientParts = {
    state: {
      ...both(hidden),
      links: unseen,
      ovs: unseen,
      iommu: unseen,
      holders: unseen,
      ipv6: unseen,
      guard: { inet: unseen },
      hugepages: { host: unseen },
    },
    survey: {
      config: unseen,
      lockdown: unseen,
      ofed: unseen,
      clock: unseen,
      owners: unseen,
      neighbours: unseen,
      log: unseen,
      qdiscs: unseen,
      metadata: unseen,
      holders: [],
    },
  };
  expect(codesOf(dark)).toEqual([]);
});
