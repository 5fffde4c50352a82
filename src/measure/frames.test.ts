import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, test } from 'vitest';
import { asGuestName, asHostName, asIfName, asNetworkName } from '../model/names.ts';
import type { Site } from '../operate/site.ts';
import { attacks } from './attacks.ts';
import type { Endpoint } from './endpoint.ts';
import { arp, icmp6, ip, ipBytes, udp } from './frames.ts';
import type { Station } from './station.ts';

const hop = { src: '02:00:00:00:00:01', dst: 'ff:ff:ff:ff:ff:ff' };

describe('a frame is as others make it', () => {
  test('IPv4 with the checksum of RFC 791, 3.1', () => {
    const ends = { from: '10.0.0.1', to: '10.0.0.2' };
    const made = ip(hop, { ...ends, protocol: 17 }, udp(ends, { from: 1, to: 2 }, [0xaa]));
    // By hand: the complement of 4500 + 001d + 4011 + 0a00 + 0001 + 0a00 + 0002.
    expect(made.slice(28, 68)).toBe('4500001d00000000401166ce0a0000010a000002');
    const bytes = [...Buffer.from(made.slice(68, 68 + 18), 'hex')];
    expect(sumOf([...ipBytes(ends.from), ...ipBytes(ends.to), 0, 17, 0, 9, ...bytes])).toBe(0xffff);
  });

  test('addresses as a library reads them', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const v4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
    const word = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
    const v6 = fc
      .array(word, { minLength: 8, maxLength: 8 })
      .map((words) => new ipaddr.IPv6(words).toString());
    fc.assert(
      fc.property(fc.oneof(v4, v6), (text) => {
        expect(ipBytes(text)).toEqual(ipaddr.parse(text).toByteArray());
      }),
    );
  });

  test('ICMPv6 sums to nothing, as its receiver checks it (RFC 4443, 2.3)', () => {
    const ends = { from: 'fe80::1', to: 'ff02::1' };
    const message = icmp6(ends, 134, [1, 2, 3, 4]);
    const all = [
      ...ipBytes(ends.from),
      ...ipBytes(ends.to),
      0,
      0,
      0,
      message.length,
      0,
      0,
      0,
      58,
      ...message,
    ];
    expect(sumOf(all)).toBe(0xffff);
  });

  test('ARP is filled up to what Ethernet carries, with what tells whose it is', () => {
    const made = arp(hop, { op: 1, sha: hop.src, spa: '10.0.0.1', tpa: '10.0.0.2' }, [1, 2, 3]);
    expect(made).toHaveLength(120);
    expect(made.slice(84, 90)).toBe('010203');
  });
});

/** The ones' complement sum, which is all ones where the checksum is right (RFC 1071). */
function sumOf(bytes: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

function station(name: string, network: string, addresses: readonly string[], id: number): Station {
  const end = {
    site: undefined as unknown as Site,
    host: asHostName('alpha'),
    guest: asGuestName(name),
    network: asNetworkName(network),
    place: { in: 'host' },
    netdev: asIfName('eth0'),
    mac: '02:00:00:00:00:0a',
    addresses,
    mtu: 1500,
  } as unknown as Endpoint;
  const tunnel = { local: '192.168.9.1', peers: ['192.168.9.2'], macs: ['02:99:00:00:00:01'] };
  return { end, name, network, host: 'alpha', id, heldTo: { mac: true, address: true, roles: true }, tunnel };
}

describe('what an attacker sends', () => {
  const dual = (name: string, network: string, id: number, n: number): Station =>
    station(name, network, [`10.0.${id}.${n}`, `fd00:${id}::${n}`], id);
  const [a, b, c] = [dual('a', 'red', 1, 1), dual('b', 'red', 1, 2), dual('c', 'blue', 2, 1)];
  const tell = [0x76, 0x66, 1, 2, 3, 4, 5, 6, 0, 0, 1, 9];
  const hex = Buffer.from(tell).toString('hex');

  test.each(attacks.map((attack) => [attack.name, attack] as const))(
    '%s carries its number, once',
    (_name, attack) => {
      const frames = [...attack.frames(a, c, tell), ...attack.frames(a, b, tell)];
      expect(frames.length).toBeGreaterThan(0);
      for (const frame of frames) {
        expect(frame.split(hex)).toHaveLength(2);
        expect(frame.length).toBeGreaterThanOrEqual(120);
        expect(frame.length / 2).toBeLessThanOrEqual(1518);
      }
    },
  );

  test('is nothing of VXLAN where there are no tunnels, and nothing where the families differ', () => {
    const { tunnel: _, ...legacy } = a;
    const vxlan = attacks.filter(({ name }) => name.startsWith('VXLAN'));
    expect(vxlan).toHaveLength(2);
    for (const { frames } of vxlan) expect(frames(legacy, c, tell)).toEqual([]);
    const v6 = station('d', 'green', ['fd00::9'], 3);
    const v4 = station('e', 'red', ['10.0.0.9'], 1);
    expect(attacks.find(({ name }) => name === 'unicast')?.frames(v4, v6, tell)).toEqual([]);
  });
});
