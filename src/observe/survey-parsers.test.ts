import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDmesg, parseDmesgText } from '../model/kernel-log.ts';
import { parseDevlinkInfo } from './devlink-info.ts';
import { parseSwitch } from './devlink-param.ts';
import { parseBootTime, parseUptime } from './host-clock.ts';
import { parseIpAddr } from './ip-link.ts';
import { parseDefaultRoutes, parseHostRoutes } from './ip-route.ts';
import { parseKernelConfig } from './kernel-config.ts';
import { parseLockdown } from './lockdown.ts';
import { parseArpTable } from './neighbours.ts';
import { parseNftTable } from './nft.ts';
import { parseOvsDb } from './ovs-db.ts';
import { parseFlows } from './ovs-flows.ts';
import { parseIfupdown, parseNetplan, parseNetworkd, parseNetworkManager } from './owners.ts';
import { parseLink, parseResource } from './pci-slot.ts';
import { parseCpus } from './survey.ts';
import { parseChannels, parseEswitchMode, parseTcOffload } from './switchdev.ts';
import { parseQdiscs } from './tc-qdisc.ts';
import { parseTxChecksum } from './tenant-ports.ts';

/**
 * dmesg, tc (but for its ingress line), /proc/net/arp and /proc/stat are pasted from Debian 12's tools (util-linux 2.38,
 * iproute2 6.1); devlink's are facts §2.3's. The others are written after the formats' descriptions and were seen on no host:
 * NetworkManager, networkd, netplan, ifupdown, a card's resource file, Debian 13's dmesg.
 */
const said = {
  devlinkInfo:
    '{"info":{"pci/0000:03:00.0":{"driver":"mlx5_core","versions":{"fixed":{"fw.psid":"MT_0000000013"},"running":{"fw.version":"16.35.4554","fw":"16.35.4554"},"stored":{"fw.version":"16.35.4554","fw":"16.35.4554"}}},"auxiliary/mlx5_core.eth.0":{}}}',
  devlinkParam:
    '{"param":{"pci/0000:03:00.0":[{"name":"enable_roce","type":"generic","values":[{"cmode":"driverinit","value":true}]},{"name":"esw_port_metadata","type":"driver-specific","values":[{"cmode":"runtime","value":false}]}]}}',
  dmesgJson:
    '{\n   "dmesg": [\n      {\n         "pri": 6,\n         "time": 15083.329060,\n         "msg": "br-phy: left promiscuous mode"\n      },{\n         "pri": 6,\n         "time": 15083.346903,\n         "msg": "eth2: left promiscuous mode"\n      }\n   ]\n}\n',
  dmesgText:
    '[    0.000000] Linux version 6.12.117+deb13-amd64\n[15083.329060] br-phy: left promiscuous mode\n',
  // Debian 13's prints a caller, too, where the kernel was built with PRINTK_CALLER.
  dmesgJson13:
    '{\n   "dmesg": [\n      {\n         "pri": 6,\n         "time":     0.000000,\n         "caller": "T0",\n         "msg": "Linux version 6.12"\n      }\n   ]\n}\n',
  qdiscs:
    '[{"kind":"noqueue","handle":"0:","dev":"lo","root":true,"refcnt":2,"options":{}},{"kind":"pfifo_fast","handle":"0:","dev":"eth0","root":true,"refcnt":2,"options":{"bands":3,"priomap":[1,2,2,2,1,2,0,0,1,1,1,1,1,1,1,1],"multiqueue":false}},{"kind":"ingress","handle":"ffff:","dev":"bond0","parent":"ffff:fff1","ingress_block":22,"options":{}}]',
  arp: 'IP address       HW type     Flags       HW address            Mask     Device\n192.0.2.1        0x1         0x2         02:fc:00:00:00:05     *        eth0\n192.0.2.9        0x1         0x0         00:00:00:00:00:00     *        eth0\n',
  stat: 'cpu  2768092 2 342494 1755126 9106 0 5006 3732 0 0\ncpu0 1370959 2 167076 899111 2640 0 720 1852 0 0\nintr 1 2\nctxt 3\nbtime 1795347077\nprocesses 8\n',
  // The kernel's own form for a card whose BIOS gave VFs room.
  resource: `${'0x0000000000000000 0x0000000000000000 0x0000000000000000\n'.repeat(7)}0x000003c008000000 0x000003c008ffffff 0x000000000014220c\n${'0x0000000000000000 0x0000000000000000 0x0000000000000000\n'.repeat(5)}`,
  status: 'Name:\tqemu-system-x86\nUid:\t0\t0\t0\t0\nCpus_allowed:\tffff\nCpus_allowed_list:\t0-15\n',
  networkManager:
    '[device]\nmanaged=true\nconnection-uuid=5f4d5cb4-b3a1-4c5f-a5f7-1c6d3e2f6f1d\nperm-hw-addr=02:00:00:00:00:01\n',
  networkd:
    '# This is private data. Do not parse.\nADMIN_STATE=configured\nOPER_STATE=routable\nCARRIER_STATE=carrier\nADDRESS_STATE=routable\nNETWORK_FILE=/etc/systemd/network/10-port.network\n',
  netplan:
    'network:\n  version: 2\n  renderer: networkd\n  ethernets:\n    enp3s0f0np0:\n      embedded-switch-mode: switchdev\n    # enp3s0f1np1:\n    "eno1":\n      dhcp4: true\n',
  ifupdown:
    '# The primary network interface\nauto eno1\niface eno1 inet dhcp\n\nallow-hotplug enp3s0f0np0\niface enp3s0f0np0 inet static\n    address 10.1.0.1/24\niface enp3s0f1np1 inet manual\n',
  config:
    '# Automatically generated file; DO NOT EDIT.\nCONFIG_MLX5_CORE=m\nCONFIG_MLX5_ESWITCH=y\n# CONFIG_NET_TC_SKB_EXT is not set\nCONFIG_LOCALVERSION=""\n',
} as const;

describe('what tools print', () => {
  test('devlink: firmware by card, and a switch at runtime', () => {
    const same = { psid: 'MT_0000000013', running: '16.35.4554', stored: '16.35.4554' };
    expect(parseDevlinkInfo(said.devlinkInfo)).toEqual({ '0000:03:00.0': same });
    expect(parseDevlinkInfo('{"info":{}}')).toEqual({});
    expect(parseSwitch(said.devlinkParam, 'esw_port_metadata')).toEqual({ '0000:03:00.0': false });
    expect(parseSwitch(said.devlinkParam, 'enable_roce')).toEqual({});
  });

  test('dmesg in either form, of either release', () => {
    expect(parseDmesg(said.dmesgJson)).toEqual([
      { atS: 15083.32906, text: 'br-phy: left promiscuous mode' },
      { atS: 15083.346903, text: 'eth2: left promiscuous mode' },
    ]);
    expect(parseDmesg(said.dmesgJson13)).toEqual([{ atS: 0, text: 'Linux version 6.12' }]);
    expect(parseDmesgText(said.dmesgText)).toEqual([
      { atS: 0, text: 'Linux version 6.12.117+deb13-amd64' },
      { atS: 15083.32906, text: 'br-phy: left promiscuous mode' },
    ]);
    expect(parseDmesgText('no time here\n')).toEqual([{ atS: undefined, text: 'no time here' }]);
  });

  test('an answer of a later release, or half of one, is not taken for "nothing there"', () => {
    expect(() =>
      parseEswitchMode('{"dev":{"pci/0000:03:00.0":{"mode":"switchdev_inactive"}}}', '0000:03:00.0'),
    ).toThrow('switchdev_inactive');
    expect(() => parseEswitchMode('{}', '0000:03:00.0')).toThrow('no device');
    expect(() => parseOvsDb('')).toThrow('0 of 4 tables');
    expect(() => parseTcOffload('[{"ifname":"x"}]')).toThrow('hw-tc-offload');
  });

  test('tc: the block that a bond shares', () => {
    expect(parseQdiscs(said.qdiscs)).toEqual([
      { netdev: 'lo', kind: 'noqueue', block: undefined },
      { netdev: 'eth0', kind: 'pfifo_fast', block: undefined },
      { netdev: 'bond0', kind: 'ingress', block: 22 },
    ]);
  });

  test('the kernel’s files: neighbours, clock, BARs, lanes, CPUs, options, lockdown', () => {
    expect(parseArpTable(said.arp)).toEqual([
      { address: '192.0.2.1', netdev: 'eth0', answered: true },
      { address: '192.0.2.9', netdev: 'eth0', answered: false },
    ]);
    expect(parseBootTime(said.stat) + parseUptime('24557.70 17551.26\n')).toBeCloseTo(1795371634.7);
    expect(parseResource(said.resource)[7]).toEqual({ bytes: 2 ** 24, flags: 0x14220c });
    expect(parseLink('16.0 GT/s PCIe\n', '8\n')).toEqual({ speed: '16.0 GT/s PCIe', lanes: 8 });
    expect(() => parseLink('Unknown\n', '255\n')).toThrow('no PCIe link');
    expect(parseCpus(said.status)).toBe('0-15');
    expect(parseKernelConfig(said.config)).toEqual({ MLX5_CORE: 'm', MLX5_ESWITCH: 'y' });
    expect(() => parseKernelConfig('')).toThrow('not one option');
    expect(parseLockdown('none [integrity] confidentiality\n')).toBe('integrity');
    expect(parseLockdown('something new\n')).toMatchObject({
      unseen: expect.stringContaining('something new'),
    });
  });

  test('who else sets netdevs up: a comment and `manual` are nobody', () => {
    expect(parseNetworkManager(said.networkManager)).toBe('managed=true');
    expect(parseNetworkManager('[device]\nmanaged=false\n')).toBeUndefined();
    expect(parseNetworkd(said.networkd)).toBe(
      'ADMIN_STATE=configured, NETWORK_FILE=/etc/systemd/network/10-port.network',
    );
    expect(parseNetworkd('ADMIN_STATE=unmanaged\n')).toBeUndefined();
    const ports = ['enp3s0f0np0', 'enp3s0f1np1', 'eno1'];
    expect(parseNetplan(said.netplan, ports).map(({ netdev }) => netdev)).toEqual(['enp3s0f0np0', 'eno1']);
    expect(parseIfupdown(said.ifupdown, ports).map(({ netdev }) => netdev)).toEqual(['eno1', 'enp3s0f0np0']);
  });
});

/** Every parser of a foreign tool's, with something that it reads. */
const parsers: readonly (readonly [tool: string, parse: (text: string) => unknown, sample: string])[] = [
  [
    'ip addr',
    parseIpAddr,
    '[{"ifname":"eth0","flags":["UP"],"linkinfo":{"info_slave_kind":"bond","info_slave_data":{"state":"ACTIVE","mii_status":"UP"}},"vfinfo_list":[{"vf":0,"vlan_list":[{}]}]}]',
  ],
  ['ip route (default)', parseDefaultRoutes, '[{"dst":"default","gateway":"10.0.0.1","dev":"eth0"}]'],
  [
    'ip route',
    (text) => parseHostRoutes(text, 4),
    '[{"dst":"10.1.0.0/16","gateway":"10.0.0.1","dev":"eth0"}]',
  ],
  ['devlink dev info', parseDevlinkInfo, said.devlinkInfo],
  ['devlink dev param', (text) => parseSwitch(text, 'esw_port_metadata'), said.devlinkParam],
  [
    'devlink dev eswitch',
    (text) => parseEswitchMode(text, '0000:03:00.0'),
    '{"dev":{"pci/0000:03:00.0":{"mode":"legacy"}}}',
  ],
  ['ethtool -l', parseChannels, 'Combined:\t32\nCombined:\t1\n'],
  [
    'ethtool -k',
    parseTcOffload,
    '[{"ifname":"x","hw-tc-offload":{"active":true,"fixed":false,"requested":true}}]',
  ],
  ['ethtool -k (tx)', parseTxChecksum, '[{"ifname":"x","tx-checksumming":{"active":true,"fixed":null}}]'],
  [
    'ovs-vsctl',
    parseOvsDb,
    `{"data":[[["map",[["hw-offload","true"]]],"3.5.0",false]],"headings":["other_config","ovs_version","dpdk_initialized"]}\n${'{"data":[],"headings":["name"]}\n'.repeat(3)}`,
  ],
  ['ovs-ofctl', parseFlows, ' cookie=0x0, table=0, priority=1 actions=drop\n'],
  [
    'nft',
    (text) => parseNftTable(text, 'inet vflane'),
    '{"nftables":[{"metainfo":{}},{"chain":{"family":"inet","table":"vflane","name":"c","handle":1}}]}',
  ],
  ['tc qdisc', parseQdiscs, said.qdiscs],
  ['dmesg', parseDmesg, said.dmesgJson],
  ['dmesg (text)', parseDmesgText, said.dmesgText],
  ['/proc/net/arp', parseArpTable, said.arp],
  ['/proc/stat', parseBootTime, said.stat],
  ['/proc/PID/status', parseCpus, said.status],
  ['resource', parseResource, said.resource],
  ['kernel config', parseKernelConfig, said.config],
  ['lockdown', parseLockdown, 'none [integrity] confidentiality'],
  ['NetworkManager', parseNetworkManager, said.networkManager],
  ['networkd', parseNetworkd, said.networkd],
  ['netplan', (text) => parseNetplan(text, ['eno1']), said.netplan],
  ['ifupdown', (text) => parseIfupdown(text, ['eno1']), said.ifupdown],
];

/** A real output with a part cut out, doubled or replaced: what a later release, or a tool that was killed, prints. */
function damaged(sample: string) {
  return fc
    .tuple(
      fc.nat(sample.length),
      fc.nat(sample.length),
      fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('null', '[]', '{}', '""', '-1', '1e999', '\n')),
    )
    .map(([from, to, put]) => sample.slice(0, Math.min(from, to)) + put + sample.slice(Math.max(from, to)));
}

describe.each(parsers)('%s', (_tool, parse, sample) => {
  test('its real form is read', () => {
    expect(() => parse(sample)).not.toThrow();
  });

  test('any text is read, or refused as not its own, and nothing else happens', () => {
    const texts = fc.oneof({ weight: 3, arbitrary: damaged(sample) }, fc.string(), fc.json());
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parse(text);
        } catch (error) {
          if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
          expect(error.message).not.toMatch(/Cannot read|is not a function|is not iterable|undefined/);
        }
      }),
      { numRuns: 150 },
    );
  });
});
