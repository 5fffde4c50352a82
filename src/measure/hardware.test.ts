import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCpuList } from './cpu-list.ts';
import { busyCores, parseCpuTicks } from './cpu-use.ts';
import { forwardingOf } from './forwarding.ts';
import { bytesBetween, parseCpuHits, parseFlowBytes } from './offload-seen.ts';
import type { Turn } from './run-record.ts';
import { said } from './surroundings.ts';

const flow = (ufid: string, bytes: number, more = 'offloaded:yes, dp:tc') =>
  `ufid:${ufid}-0000-0000-0000-000000000000, recirc_id(0),in_port(eth0_r),eth_type(0x0800), packets:10, bytes:${bytes}, used:0.110s, ${more}, actions:set(tunnel(tun_id=0x2a)),vxlan_sys_4789`;

describe('flows in hardware', () => {
  const dump = [flow('aaaaaaaa', 1490), flow('bbbbbbbb', 70), flow('cccccccc', 99, 'dp:ovs')].join('\n');

  test('each by its name, only those that are offloaded', () => {
    expect([...parseFlowBytes(dump).values()]).toEqual([1490, 70]);
  });

  test('what passed between two looks: old flows by what they grew, new ones whole, expired ones not', () => {
    const packetsToCpu = 0;
    const before = { flows: parseFlowBytes(dump), packetsToCpu };
    const after = {
      flows: parseFlowBytes([flow('aaaaaaaa', 2000), flow('dddddddd', 5)].join('\n')),
      packetsToCpu,
    };
    expect(bytesBetween(before, after)).toBe(515);
    expect(bytesBetween({ ...before, flows: { unseen: 'no ovs' } }, after)).toEqual({ unseen: 'no ovs' });
  });

  test('no text stops the reading', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(dump.length), (junk, at) => {
        const bytes = [...parseFlowBytes(dump.slice(0, at) + junk + dump.slice(at)).values()];
        expect(bytes.every(Number.isSafeInteger)).toBe(true);
        expect(parseCpuHits(junk)).toBeUndefined();
        expect(Object.values(said(junk)).every((value) => typeof value === 'string')).toBe(true);
      }),
    );
  });

  test('packets to the CPU, as `ip stats` has them', () => {
    const stats =
      '[{"ifindex":7,"ifname":"eth0_r","group":"offload","subgroup":"cpu_hit","stats64":{"rx":{"bytes":84,"packets":2}}}]';
    expect(parseCpuHits(stats)).toBe(2);
  });
});

describe('who moved the packets', () => {
  const turn = (bytes: Turn['offload']): Turn => ({
    ...{ cell: { kind: 'throughput', mtu: 9000, streams: 2, direction: 'both' }, run: 1, at: '' },
    flows: [{ direction: 'forward', bitsPerSecond: 1, bytes: 1e9, seconds: 1, retransmits: 0 }],
    ...(bytes && { offload: bytes }),
  });
  const seen = (bytes: number, packetsToCpu = 0) => ({ bytes, packetsToCpu });
  const by = (...turns: readonly Turn[]) => forwardingOf(['representor', 'representor'], turns).by;

  test('the card, only where every run at both ends proves it', () => {
    expect(by(turn([seen(1e9), seen(0.98e9)]))).toBe('card');
    expect(by(turn([seen(1e9), seen(1e9)]), turn([seen(1e9), seen(0.5e9)]))).toBe('software');
    expect(by(turn([seen(1e9), seen(1e9, 50_000)]))).toBe('software');
    expect(by(turn([seen(1e9), { bytes: { unseen: 'no ovs-appctl' }, packetsToCpu: 0 }]))).toBe('software');
    expect(by(turn(undefined))).toBe('software');
    expect(by()).toBe('software');
  });

  test('a VF in legacy mode has no other road, and without a card there is only the CPU', () => {
    expect(forwardingOf(['vf', 'vf'], []).by).toBe('card');
    expect(forwardingOf(['vf', 'cpu'], [turn([seen(1e9), seen(1e9)])]).by).toBe('software');
  });
});

describe('CPUs', () => {
  const stat = (user: number, idle: number, softirq: number) =>
    `cpu  ${user} 0 0 ${idle} 0 0 ${softirq} 0 0 0\ncpu0 1 0 0 1 0 0 0 0 0 0\ncpu1 1 0 0 1 0 0 0 0 0 0\nintr 1\n`;

  test('busy cores are those of the time between, softirqs among them', () => {
    const [before, after] = [parseCpuTicks(stat(100, 1000, 10)), parseCpuTicks(stat(140, 1100, 70))];
    if (!before || !after) throw new Error('not parsed');
    expect(busyCores(before, after)).toEqual({ busy: 1, softirq: 0.6 });
    expect(busyCores(before, before)).toEqual({ unseen: 'no time has passed' });
  });

  test('no text stops the reading', () => {
    fc.assert(
      fc.property(fc.string(), (junk) => {
        expect(parseCpuTicks(junk)).toBeUndefined();
        expect(parseCpuList(junk).every((cpu) => cpu >= 0)).toBe(true);
      }),
    );
  });

  test.each([
    ['0-3,8\n', [0, 1, 2, 3, 8]],
    ['5', [5]],
    ['', []],
    ['3-1', []],
  ])('%j is %j', (text, cpus) => expect(parseCpuList(text)).toEqual(cpus));
});

test('of settings that ethtool tells twice the ones that are set count', () => {
  const channels =
    'Channel parameters for eth0:\nPre-set maximums:\nRX:\t\tn/a\nCombined:\t32\nCurrent hardware settings:\nRX:\t\tn/a\nCombined:\t1\n';
  expect(said(channels)).toMatchObject({ Combined: '1', RX: 'n/a' });
});
