import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFlows as parseDatapathFlows } from '../measure/flow-places.ts';
import { parseCpuHits, parseFlowBytes } from '../measure/offload-seen.ts';
import { parseMaxPayload } from '../measure/slot-limit.ts';
import { parseDmesg, parseDmesgText } from '../model/kernel-log.ts';
import { parseDevlinkInfo } from './devlink-info.ts';
import { parseSwitch } from './devlink-param.ts';
import { parseIpAddr } from './ip-link.ts';
import { parseDefaultRoutes, parseHostRoutes } from './ip-route.ts';
import { parseArpTable } from './neighbours.ts';
import { parseNftTable } from './nft.ts';
import { ovsDbQuery, parseOvsDb } from './ovs-db.ts';
import { parseFlows } from './ovs-flows.ts';
import { parseChannels, parseEswitchMode, parseTcOffload } from './switchdev.ts';
import { parseQdiscs } from './tc-qdisc.ts';
import { parseTxChecksum } from './tenant-ports.ts';

/**
 * What the tools of Debian 12 and of Debian 13 said of one host that was set up by hand: tests/outputs/capture.mjs ran on a
 * lab host with Debian 13's kernel, a card of igb's and one of netdevsim's, with the tools of each release. What they cannot
 * be made to say without NVIDIA's card (mstflint, mstconfig, mstfwreset) is in mst.test.ts, with its sources.
 */
interface Said {
  readonly argv: string;
  readonly code: number;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

type Answers = { readonly [name: string]: Said | undefined };

function captured(release: string): Answers {
  const path = new URL(`../../tests/outputs/${release}.json`, import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly answers: Answers }).answers;
}

function answer(all: Answers, name: string): Said {
  const said = all[name];
  if (said === undefined) throw new Error(`${name} was not captured`);
  return said;
}

const textIn = (all: Answers, name: string) => answer(all, name).stdout.join('\n');

/** netdevsim's devlink devices, as if they were functions of PCI: the parsers take no others. */
const asPci = (text: string) => text.replace(/netdevsim\/netdevsim(\d)/g, 'pci/0000:09:00.$1');

const versions = {
  'debian-12': {
    ...{ ip: 'iproute2-6.1.0', ethtool: '6.1', nft: 'v1.0.6', dmesg: '2.38.1', lspci: '3.9.0', ovs: '3.1.0' },
  },
  'debian-13': {
    ...{
      ip: 'iproute2-6.15.0',
      ethtool: '6.14.2',
      nft: 'v1.1.3',
      dmesg: '2.41.5',
      lspci: '3.13.0',
      ovs: '3.5.0',
    },
  },
} as const;

describe.each(Object.entries(versions))('%s', (release, version) => {
  const all = captured(release);
  const text = (name: string) => textIn(all, name);

  test.each(Object.entries(version))('%s is of this release', (tool, number) => {
    expect(text(`${tool}-version`)).toContain(number);
  });

  test('ip addr: ports, what they enforce on VFs, representors, bond, VLAN, addresses', () => {
    const { links, vfs } = parseIpAddr(text('ip-addr'));
    const named = (name: string) => links.find((link) => link.name === name);
    expect(named('enp1s0f0')).toMatchObject({ parentDev: '0000:01:00.0', maxMtu: 9216, up: true });
    expect(named('enp1s0f1')).toMatchObject({ master: 'bond0', slave: { active: expect.any(Boolean) } });
    expect(named('bond0')).toMatchObject({ kind: 'bond', bond: { mode: 'active-backup', miimonMs: 100 } });
    expect(named('bond0')?.addresses).toEqual(['192.168.9.2/24', '2001:db8::2/64']);
    expect(named('bond0.20')).toMatchObject({ lower: 'bond0', vlan: 20, addresses: [] });
    expect(named('vx42')).toMatchObject({ kind: 'vxlan', master: 'br9' });
    expect(named('eni0npf0vf1')).toMatchObject({ physPortName: 'pf0vf1' });
    expect(named('eni0npf0vf1')?.physSwitchId).toBe(named('eni0np1')?.physSwitchId);
    expect(vfs.get('enp1s0f1')?.get(0)).toMatchObject({
      ...{ mac: '02:aa:00:00:01:00', vlan: 40, qos: 0, spoofchk: true, trust: false, linkState: 'auto' },
    });
    expect(vfs.get('enp1s0f0')?.get(1)).toMatchObject({ vlan: 41, qos: 3, maxRateMbps: 100, trust: true });
    expect(vfs.get('eni0np1')?.size).toBe(2);
  });

  test('ip addr of a namespace', () => {
    const { links } = parseIpAddr(text('ip-addr-netns'));
    expect(links.map(({ name, addresses }) => [name, addresses])).toEqual([
      ['lo', []],
      ['eth0', ['10.1.0.1/24']],
    ]);
  });

  test('ip route: what somebody configured, and not the kernel’s own', () => {
    expect(parseHostRoutes(text('ip-route-4'), 4)).toEqual([
      { to: '0.0.0.0/0', via: '10.0.2.2', netdev: 'mgmt0' },
      { to: '10.8.0.1/32', via: '10.0.2.2', netdev: 'mgmt0' },
      { to: '10.9.0.0/16', via: '10.0.2.2', netdev: 'mgmt0' },
    ]);
    const six = parseHostRoutes(text('ip-route-6'), 6);
    expect(six).toContainEqual({ to: '2001:db8:9::/48', via: '2001:db8::1', netdev: 'bond0' });
    expect(six).toContainEqual({ to: '::/0', via: '2001:db8::1', netdev: 'bond0' });
    expect(six).toHaveLength(2);
    expect(parseDefaultRoutes(text('ip-route-default-netns'))).toEqual([
      { gateway: '10.1.0.254', netdev: 'eth0', metric: 0 },
    ]);
  });

  test('ip stats: a netdev without the counter yields nothing, not 0', () => {
    expect(text('ip-stats-cpu-hit')).toContain('"subgroup":"cpu_hit"');
    expect(parseCpuHits(text('ip-stats-cpu-hit'))).toBeUndefined();
  });

  test('devlink: modes of the eswitch, a card without one, firmware, parameters', () => {
    const mode = (name: string, pci: string) => parseEswitchMode(asPci(text(name)), pci);
    expect(mode('devlink-eswitch-switchdev', '0000:09:00.0')).toBe('switchdev');
    expect(mode('devlink-eswitch-legacy', '0000:09:00.1')).toBe('legacy');
    expect(mode('devlink-eswitch-none', '0000:01:00.0')).toBe('none');
    expect(answer(all, 'devlink-eswitch-none')).toMatchObject({
      code: 1,
      stderr: ['kernel answers: No such device', ''],
    });
    expect(Object.keys(parseDevlinkInfo(asPci(text('devlink-info'))))).toEqual([
      '0000:09:00.0',
      '0000:09:00.1',
    ]);
    expect(parseDevlinkInfo(text('devlink-info'))).toEqual({});
    // Its switch counts from the next start of the driver on, and nothing is said of what runs.
    expect(parseSwitch(asPci(text('devlink-param')), 'test1')).toEqual({});
    const atRuntime = asPci(text('devlink-param')).replaceAll('driverinit', 'runtime');
    expect(parseSwitch(atRuntime, 'test1')).toEqual({ '0000:09:00.0': true, '0000:09:00.1': true });
  });

  test('ethtool: channels, none of them, and features', () => {
    expect(parseChannels(text('ethtool-channels'))).toEqual({ now: 1, max: 2 });
    expect(parseChannels(text('ethtool-channels-netdevsim'))).toEqual({ now: 8, max: 8 });
    expect(answer(all, 'ethtool-channels-none')).toMatchObject({
      ...{ code: 1, stdout: [''], stderr: ['netlink error: Operation not supported', ''] },
    });
    expect(parseTcOffload(text('ethtool-features'))).toEqual({ on: false, fixed: true });
    expect(parseTcOffload(text('ethtool-features-netdevsim'))).toEqual({ on: true, fixed: false });
    expect(parseTxChecksum(text('ethtool-features-veth'))).toBe(false);
    expect(parseTxChecksum(text('ethtool-features-netdevsim'))).toBe(true);
  });

  test('tc: blocks, clsact, and ingress without a block', () => {
    const seen = parseQdiscs(text('tc-qdisc')).filter(({ kind }) => kind === 'ingress' || kind === 'clsact');
    expect(seen).toContainEqual({ netdev: 'eni0np1', kind: 'ingress', block: 22 });
    expect(seen).toContainEqual({ netdev: 'bond0', kind: 'clsact', block: undefined });
    expect(seen).toContainEqual({ netdev: 'enp1s0f0', kind: 'ingress', block: undefined });
  });

  test('nft: the tables are the lines that they were made from', () => {
    const packets = parseNftTable(text('nft-inet'), 'inet vflane');
    expect(packets).toEqual([
      'add chain inet vflane ports { type filter hook prerouting priority -450; policy accept; }',
      'add chain inet vflane underlay { type filter hook input priority -10; policy accept; }',
      'add set inet vflane peers { type ipv4_addr; elements = { 192.168.9.2, 192.168.9.4 }; }',
      'add set inet vflane ports { type ifname; elements = { "br-storage", "web-8bb64b" }; }',
      'add rule inet vflane ports iifname @ports drop',
      'add rule inet vflane underlay udp dport 4789 ip daddr 192.168.9.1 ip saddr @peers accept',
      'add rule inet vflane underlay iifname "bond0.20" udp dport 4789 drop',
    ]);
    expect(parseNftTable(text('nft-arp'), 'arp vflane')).toContain(
      'add rule arp vflane ports iifname @ports drop',
    );
    expect(answer(all, 'nft-none')).toMatchObject({ code: 1, stdout: [''] });
    expect(answer(all, 'nft-none').stderr[0]).toBe('Error: No such file or directory');
  });

  test('dmesg: the same lines in both forms', () => {
    // Only the beginning was kept.
    const whole = `${text('dmesg-json').replace(/\},\{(?![\s\S]*\},\{)[\s\S]*/, '}')}]}`;
    const json = parseDmesg(whole);
    expect(json.length).toBeGreaterThan(20);
    expect(json[0]).toMatchObject({ atS: 0, text: expect.stringMatching(/^Linux version 6\.12/) });
    const plain = parseDmesgText(text('dmesg-text'));
    expect(plain.slice(0, 20)).toEqual(json.slice(0, 20));
  });

  test('lspci: how large a packet may be', () => {
    expect(text('lspci-slot')).toContain('LnkSta:');
    expect(parseMaxPayload(text('lspci-slot'))).toBe(128);
  });

  test('ovs-vsctl: bridges, ports, tunnels, a port of Open vSwitch’s own bond, one without a netdev', () => {
    expect(answer(all, 'ovs-db').argv.split(' ')).toEqual(ovsDbQuery);
    const { version: own, settings, dpdkInitialized, bridges } = parseOvsDb(text('ovs-db'));
    expect({ own, settings, dpdkInitialized }).toMatchObject({
      ...{ own: version.ovs, settings: { 'hw-offload': 'true' }, dpdkInitialized: false },
    });
    expect(bridges).toMatchObject([
      { name: 'br-storage', failMode: 'secure', externalIds: { vflane: 'storage' } },
    ]);
    const port = (name: string) => bridges[0]?.ports.find((one) => one.name === name);
    expect(port('vxlan0')).toMatchObject({
      ...{ type: 'vxlan', protected: true, options: { key: '42', remote_ip: '192.168.9.1' } },
    });
    expect(port('bondx')).toMatchObject({ bondMode: 'active-backup' });
    expect([...(port('bondx')?.members ?? [])].sort()).toEqual(['b0', 'b1']);
    expect(port('nosuch0')).toMatchObject({
      ...{ error: 'could not open network device nosuch0 (No such device)', mtuRequest: 9000 },
    });
  });

  test('ovs-ofctl: flows, the same with statistics and without', () => {
    const flows = parseFlows(text('ovs-flows'));
    expect(flows).toHaveLength(7);
    expect(flows).toContain('priority=300,dl_dst=01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0 actions=drop');
    expect(flows).toContain('table=1, priority=10,ipv6,ipv6_src=fe80::/64 actions=NORMAL');
    expect(flows.find((line) => line.includes('arp_spa'))).toMatch(
      /^priority=100,arp,in_port="?v0"?,arp_spa=10\.1\.0\.1,arp_sha=02:00:00:00:00:01 actions=NORMAL$/,
    );
    expect(parseFlows(text('ovs-flows-stats'))).toEqual(flows);
    expect(answer(all, 'ovs-flows-none')).toMatchObject({ code: 1, stdout: [''] });
  });

  test('ovs-appctl: flows that are in tc but in no card, and which member of a bond is active', () => {
    expect(text('ovs-appctl-version')).toContain(version.ovs);
    const flows = parseDatapathFlows(text('ovs-dpctl'));
    expect(flows.length).toBeGreaterThan(0);
    expect(flows.map(({ place }) => place)).not.toContain('hardware');
    expect(flows.some(({ place, inPort }) => place === 'tc' && inPort === 'v0')).toBe(true);
    expect(flows.some(({ vni, actions }) => vni === 42 && actions.includes('vxlan_sys_4789'))).toBe(true);
    expect(parseFlowBytes(text('ovs-dpctl')).size).toBe(0);
    expect(parseFlowBytes(text('ovs-dpctl-offloaded')).size).toBe(0);
    expect(text('ovs-bond')).toMatch(/^active member mac: [0-9a-f:]{17}\(b[01]\)$/m);
  });

  test('/proc/net/arp: who answered', () => {
    const seen = parseArpTable(text('proc-arp'));
    expect(seen).toContainEqual({ address: '10.0.2.2', netdev: 'mgmt0', answered: true });
    expect(seen).toContainEqual({ address: '10.0.2.99', netdev: 'mgmt0', answered: false });
  });
});

/** Which parser reads which answer. */
const readers: readonly (readonly [name: string, parse: (text: string) => unknown])[] = [
  ['ip-addr', parseIpAddr],
  ['ip-route-default-netns', parseDefaultRoutes],
  ['ip-route-4', (text) => parseHostRoutes(text, 4)],
  ['ip-stats-cpu-hit', parseCpuHits],
  ['devlink-info', (text) => parseDevlinkInfo(asPci(text))],
  ['devlink-param', (text) => parseSwitch(asPci(text), 'test1')],
  ['devlink-eswitch-switchdev', (text) => parseEswitchMode(asPci(text), '0000:09:00.0')],
  ['ethtool-channels', parseChannels],
  ['ethtool-features', parseTcOffload],
  ['ethtool-features-veth', parseTxChecksum],
  ['tc-qdisc', parseQdiscs],
  ['nft-inet', (text) => parseNftTable(text, 'inet vflane')],
  ['dmesg-json', parseDmesg],
  ['dmesg-text', parseDmesgText],
  ['lspci-slot', parseMaxPayload],
  ['ovs-db', parseOvsDb],
  ['ovs-flows', parseFlows],
  ['ovs-dpctl', parseDatapathFlows],
  ['ovs-dpctl-offloaded', parseFlowBytes],
];

const samples = Object.keys(versions).flatMap((release) => {
  const all = captured(release);
  return readers.map(([name, parse]) => [`${name} of ${release}`, parse, textIn(all, name)] as const);
});

test.each(samples)(
  '%s, cut off, doubled or changed anywhere, is read or refused as text',
  (_name, parse, sample) => {
    const at = fc.nat(sample.length);
    const put = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('null', '[]', '{}', '""', '-1', '1e999', '\n'),
    );
    fc.assert(
      fc.property(at, at, put, (one, other, word) => {
        try {
          parse(sample.slice(0, Math.min(one, other)) + word + sample.slice(Math.max(one, other)));
        } catch (error) {
          if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
          expect(error.message).not.toMatch(/Cannot read|is not a function|is not iterable/);
        }
      }),
      { numRuns: 60 },
    );
  },
);
