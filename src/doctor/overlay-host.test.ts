import { describe, expect, test } from 'vitest';
import { bareHost, fabric, fabricHost, guest, link, pf0 } from '../../tests/support/states.ts';
import { expandOvsDpdk } from '../datapath/ovs-dpdk.ts';
import { expandOvsTc } from '../datapath/ovs-tc.ts';
import type { FabricHost, Underlay } from '../model/fabric.ts';
import type { HostState } from '../model/host-state.ts';
import { emptyLedger, type Ledger } from '../model/ledger.ts';
import { asIfName, type IfName } from '../model/names.ts';
import type { OvsBridge, OvsPort, OvsState } from '../model/ovs-state.ts';
import { examine } from './rules.ts';

const underlay: Underlay = { address: '192.168.9.1/24', routes: [], arpTargets: [], ports: [], adopt: false };
const card: FabricHost = {
  ...fabricHost('alpha', [guest('web', 'netns', ['storage'])]),
  datapath: 'ovs-tc',
  underlay,
};
const software: FabricHost = { ...card, nic: { kind: 'software' } };
const dpdk: FabricHost = { ...card, datapath: 'ovs-dpdk' };

/** The card’s ports, with a firmware that allows a LAG. */
const ports = bareHost().pfs.map((pf) => ({ ...pf, totalVfs: 16 }));

function findings(host: FabricHost, state: Partial<HostState>, ledger: Ledger = emptyLedger) {
  const all = fabric([host]);
  const expand = host.datapath === 'ovs-dpdk' ? expandOvsDpdk : expandOvsTc;
  const spec = expand(all, host, ledger);
  return examine({ fabric: all, host, spec, state: bareHost({ pfs: ports, ...state }), ledger });
}

function said(host: FabricHost, state: Partial<HostState>, ledger?: Ledger): readonly string[] {
  return findings(host, state, ledger).map(({ code, message, hint }) => `${code} ${message} ${hint}`);
}

function codes(host: FabricHost, state: Partial<HostState>, ledger?: Ledger): readonly string[] {
  return findings(host, state, ledger).map(({ code }) => code);
}

function ovs(more: Partial<OvsState> = {}): OvsState {
  const settings = { 'hw-offload': 'true' };
  return { version: '3.5.0', settings, dpdkInitialized: false, daemon: true, bridges: [], ...more };
}

function port(name: string, more: Partial<OvsPort> = {}): OvsPort {
  const plain = { protected: false, tag: undefined, type: '', options: {}, devargs: {}, externalIds: {} };
  return { name, ...plain, error: '', members: [name], bondMode: '', mtuRequest: 0, ...more };
}

function bridge(name: string, ports: readonly OvsPort[], more: Partial<OvsBridge> = {}): OvsBridge {
  return { name, datapathType: '', failMode: '', hwaddr: '', externalIds: {}, ports, flows: [], ...more };
}

function ifName(name: string): IfName {
  const known = asIfName(name);
  if (known === undefined) throw new Error(`${name} is not a name of a netdev`);
  return known;
}

const links = [link('enp3s0f0np0', pf0), link('enp3s0f1np1', '0000:03:00.1')];

describe('Open vSwitch itself', () => {
  test('that answers is passed over', () => {
    expect(codes(card, { ovs: ovs() })).toEqual([]);
  });

  test('not installed, not started and without its daemon are three cases, each with its own remedy', () => {
    const missing = { unseen: 'there is no ovs-vsctl', lacks: 'program' } as const;
    const stopped = { unseen: 'database connection failed', lacks: 'service' } as const;
    expect(said(card, { ovs: missing })).toEqual([
      expect.stringMatching(/^VF2033 .*apt-get install openvswitch-switch;/),
    ]);
    expect(said(card, { ovs: stopped })).toEqual([
      expect.stringMatching(/^VF2050 .*systemctl start openvswitch-switch/),
    ]);
    expect(said(card, { ovs: ovs({ daemon: false }) })).toEqual([
      expect.stringMatching(/^VF2051 .*ovs-vswitchd does not run/),
    ]);
    expect(codes(card, { ovs: { unseen: 'no answer within the deadline' } })).toEqual(['VF2033']);
  });

  test('for DPDK needs packages that are only recommended, by the names of the release', () => {
    const daemons = ['/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk'];
    const without = (debian: number | undefined, packages: readonly string[] = []) =>
      said(dpdk, { ovs: ovs(), dpdkParts: { debian, packages, daemons } }).filter((line) =>
        /VF205[23]/.test(line),
      );
    const all13 = ['openvswitch-switch-dpdk', 'librte-net-mlx5-25', 'librte-mempool-ring25'];
    expect(without(13)[0]).toContain(`apt-get install ${all13.join(' ')}`);
    expect(without(12)[0]).toContain('librte-net-mlx5-23 librte-mempool-ring23');
    expect(without(undefined)[0]).toContain("'librte-net-mlx5-*'");
    expect(without(13, all13.slice(0, 2))[0]).toMatch(/needs librte-mempool-ring25, which is not/);
    expect(without(13, all13)).toEqual([]);
    expect(without(undefined, all13)).toEqual([]);
  });

  test('of another DPDK build cannot be chosen where the alternative lacks its path', () => {
    const packages = ['openvswitch-switch-dpdk', 'librte-net-mlx5-25', 'librte-mempool-ring25'];
    expect(codes(dpdk, { ovs: ovs(), dpdkParts: { debian: 13, packages, daemons: [] } })).toContain('VF2053');
  });

  test('needs none of DPDK’s parts without a card', () => {
    const state = { ovs: ovs(), dpdkParts: { debian: 13, packages: [], daemons: [] } };
    expect(codes({ ...software, datapath: 'ovs-dpdk' }, state)).not.toContain('VF2052');
  });
});

describe('what carries the underlay', () => {
  const inBridge = (master: string) => [link('enp3s0f0np0', pf0, { master }), ...links.slice(1)];

  test('is not taken out of a bridge or bond of somebody else’s', () => {
    const lines = said(card, { ovs: ovs(), links: inBridge('br-lan') });
    expect(lines).toEqual([expect.stringMatching(/^VF2054 .*enp3s0f0np0.*br-lan.*nomaster/)]);
  });

  test('may be in our own bond', () => {
    expect(codes(card, { ovs: ovs(), links: inBridge('bond0') })).toEqual([]);
  });

  test('is reported with the Open vSwitch bridge that has it: the PF, the bond, a port of a host without a card', () => {
    const theirs = (name: string) => ovs({ bridges: [bridge('br-ext', [port(name)])] });
    const bond = link('bond0', undefined, { kind: 'bond', master: 'ovs-system' });
    const eth1 = link('eth1', undefined, { master: 'ovs-system' });
    const wired = { ...software, underlay: { ...underlay, ports: [ifName('eth1')] } };
    expect(codes(card, { ovs: theirs('enp3s0f1np1'), links })).toEqual(['VF2054']);
    expect(codes(card, { ovs: theirs('bond0'), links: [...links, bond] })).toContain('VF2054');
    expect(said(wired, { ovs: theirs('eth1'), pfs: [], links: [eth1] })[0]).toMatch(
      /^VF2054 .*eth1.*br-ext.*ovs-vsctl del-port br-ext eth1/,
    );
  });

  test('is held by a port of DPDK that has no netdev', () => {
    const p0 = port('p0', { type: 'dpdk', options: { 'dpdk-devargs': `${pf0},n_rxq=4` } });
    const lines = said(card, { ovs: ovs({ bridges: [bridge('br-ext', [p0])] }), links });
    expect(lines).toEqual([expect.stringMatching(/^VF2054 .*0000:03:00.0.*br-ext \(port p0\)/)]);
  });
});

describe('a restart of Open vSwitch', () => {
  const bridges = [bridge('br-ext', [])];

  test('names the bridges of others that stand still', () => {
    expect(said(card, { ovs: ovs({ settings: {}, bridges }) })).toEqual([
      expect.stringMatching(/^VF2055 .*hw-offload.*br-ext/),
    ]);
  });

  test('does not matter if there are none, or only ours', () => {
    const ours = [bridge('br-storage', [], { externalIds: { 'vflane-network': 'storage' } })];
    expect(codes(card, { ovs: ovs({ bridges }) })).toEqual([]);
    expect(codes(card, { ovs: ovs({ settings: {}, bridges: ours }) })).toEqual([]);
  });
});

describe('a name that vflane gives', () => {
  const guestPort = expandOvsTc(fabric([card]), card, emptyLedger).overlay?.bridges[0]?.guestPorts[0]?.port;

  test('is taken by a netdev of somebody else’s, but not by the representor itself', () => {
    const veth = link(`${guestPort}`, undefined, { kind: 'veth' });
    const own = link(`${guestPort}`, pf0, { physPortName: 'pf0vf0', physSwitchId: 'b8cef6' });
    expect(codes(card, { ovs: ovs(), links: [...links, veth] })).toEqual(['VF2056']);
    expect(codes(card, { ovs: ovs(), links: [...links, own] })).toEqual([]);
  });

  test('is taken by a bridge of the kernel, and by a bond0 that is not a bond', () => {
    const lan = link('br-storage', undefined, { kind: 'bridge' });
    expect(codes(card, { ovs: ovs(), links: [...links, lan] })).toEqual(['VF2056']);
    const vlan = link('bond0', undefined, { kind: 'vlan' });
    expect(codes(card, { ovs: ovs(), links: [...links, vlan] })).toEqual(['VF2056']);
  });

  test('is free where the netdev is the bridge’s own', () => {
    const ours = [bridge('br-storage', [], { externalIds: { 'vflane-network': 'storage' } })];
    const local = link('br-storage', undefined, { kind: 'openvswitch' });
    expect(codes(card, { ovs: ovs({ bridges: ours }), links: [...links, local] })).toEqual([]);
  });

  test('is taken by a port of another bridge', () => {
    const theirs = ovs({ bridges: [bridge('br-ext', [port(`${guestPort}`)])] });
    expect(said(card, { ovs: theirs, links })[0]).toMatch(/^VF2056 .*port of the bridge br-ext/);
  });
});

describe('the tunnel address', () => {
  const having = (name: string, mtu = 9080) => link(name, undefined, { addresses: ['192.168.9.1/24'], mtu });
  const adopting: FabricHost = { ...software, underlay: { ...underlay, adopt: true } };

  test('is nowhere else on the host', () => {
    const bond = link('bond0', undefined, { kind: 'bond', addresses: ['192.168.9.1/24'] });
    expect(said(card, { ovs: ovs(), links: [...links, having('eth7')] })).toEqual([
      expect.stringMatching(/^VF2057 .*eth7.*ip addr del 192.168.9.1\/24 dev eth7/),
    ]);
    expect(codes(card, { ovs: ovs(), links: [...links, bond] })).not.toContain('VF2057');
  });

  test('may move from where vflane itself put it', () => {
    const entry = { resource: 'underlay-address', at: 'eth7/192.168.9.1/24', value: true, was: null };
    const ledger: Ledger = {
      ...emptyLedger,
      entries: new Map([['underlay-address eth7/192.168.9.1/24', entry]]),
    };
    expect(codes(card, { ovs: ovs(), links: [...links, having('eth7')] }, ledger)).toEqual([]);
  });

  test('that is adopted exists, on a netdev with a large enough MTU', () => {
    const look = (all: HostState['links']) =>
      said(adopting, { ovs: ovs(), pfs: [], links: all }).filter((line) => /VF205[789]/.test(line));
    expect(look([having('eth1')])).toEqual([]);
    expect(look([link('eth1')])).toEqual([expect.stringMatching(/^VF2058 .*no netdev of the host has it/)]);
    expect(look([having('eth1', 9049)])).toEqual([
      expect.stringMatching(/^VF2059 .*9049.*9050.*mtu 9050.*at most 8999/),
    ]);
    expect(look([having('eth1', 9050)])).toEqual([]);
  });

  test('of IPv6 needs 20 bytes more', () => {
    const six = { ...adopting, underlay: { ...underlay, address: 'fd00:9::1/64', adopt: true } };
    const eth1 = link('eth1', undefined, { addresses: ['fd00:9::1/64'], mtu: 9050 });
    expect(codes(six, { ovs: ovs(), pfs: [], links: [eth1] })).toContain('VF2059');
  });
});

describe('what is not in hardware is reported', () => {
  test('by the file: no card, or no offload', () => {
    const eth1 = link('eth1', undefined, { addresses: ['192.168.9.1/24'], mtu: 9080 });
    const adopting = { ...software, underlay: { ...underlay, adopt: true } };
    expect(said(adopting, { ovs: ovs(), pfs: [], links: [eth1] })).toEqual([
      expect.stringMatching(/^VF2062 .*nic: software/),
    ]);
    expect(codes({ ...card, offload: 'off' }, { ovs: ovs() })).toEqual(['VF2062']);
  });

  test('if it could not be seen', () => {
    const blind = ports.map((pf) => ({ ...pf, tcOffload: { unseen: 'no such program: ethtool' } }));
    expect(codes(card, { ovs: ovs(), pfs: blind })).toEqual(['VF2063', 'VF2063']);
  });
});

test('a port of a host without a card whose MTU is too small is named before the first step', () => {
  const host = { ...software, underlay: { ...underlay, ports: [ifName('eth1'), ifName('eth2')] } };
  const narrow = [link('eth1', undefined, { maxMtu: 1500 }), link('eth2', undefined, { maxMtu: 9216 })];
  expect(
    said(host, { pfs: [], ovs: ovs(), links: narrow }).filter((line) => line.startsWith('VF2007')),
  ).toEqual([
    "VF2007 alpha: eth1 needs an MTU of 9080 (the largest network's plus 80), but can do only 1500 Give the networks an MTU of at most 1420.",
  ]);
});

test('two guests whose ports would have one name are told apart by their operator', () => {
  const names = ['worker-1', 'worker-110290', 'worker-110626'];
  const host = { ...software, guests: names.map((name) => guest(name, 'netns', ['household'])) };
  expect(said(host, { pfs: [], ovs: ovs(), links: [] }).filter((line) => line.startsWith('VF2069'))).toEqual([
    'VF2069 alpha: worker-1-b8bba2 would be the name of the port of guest worker-110290 on household, and of the port of guest worker-110626 on household Give one of them a name that begins otherwise.',
  ]);
});
