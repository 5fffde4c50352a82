import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Transcript } from '../host/transcript.ts';
import { bitsIn } from './aliases.ts';
import type { KnownNames } from './known-words.ts';
import { NotScrubbed, scrub } from './scrub.ts';

const about = { schema: 'vflane.transcript/1', vflane: '0.1.0', by: 'ssh', kernel: '6.12.48' } as const;

function transcriptOf(text: string, path = '/x'): Transcript {
  const entries = [{ ask: ['read', path], answer: text }];
  const rest = { time: '2026-01-01T12:30:45.000Z', scrubbed: false, sections: {}, ledger: {} };
  return { ...about, ...rest, host: 'alpha', entries };
}

const alpha: KnownNames = { hosts: ['alpha'], users: [] };

/** A text after scrubbing. */
function scrubbed(text: string, { key = 'key', path = '/x', names = alpha } = {}): string {
  const { transcript } = scrub(transcriptOf(text, path), names, key);
  return String(transcript.entries[0]?.answer);
}

const octet = fc.integer({ min: 0, max: 255 }).map((n) => n.toString(16).padStart(2, '0'));
const octets = (count: number) => fc.array(octet, { minLength: count, maxLength: count });
/** A card's MAC, or a locally administered one. */
const mac = octets(6)
  .map(([first = '', ...rest]) => {
    const unicast = (Number.parseInt(first, 16) & 0xfe).toString(16).padStart(2, '0');
    return [unicast, ...rest].join(':');
  })
  .filter((text) => !/^[f:]*[ec8]?[0:]*$/.test(text));
const ipv4 = fc.ipV4().filter((text) => !/^(0|127|2[2-5]\d|192\.0\.|198\.51\.10|203\.0\.11)/.test(text));
const group = (min: number, max: number) => fc.integer({ min, max }).map((n) => n.toString(16));
const ipv6 = fc
  .tuple(
    fc.oneof(group(0x2400, 0x3fff), group(0xfc00, 0xfdff)),
    fc.array(group(0, 0xffff), { minLength: 7, maxLength: 7 }),
  )
  .map(([first, rest]) => [first, ...rest].join(':'));
const uuid = fc.uuid();
const guid = fc
  .array(
    octets(2).map((two) => two.join('')),
    { minLength: 4, maxLength: 4 },
  )
  .map((g) => g.join(':'))
  .filter((text) => /[1-9a-f]/.test(text));
const serial = fc.stringMatching(/^MT[0-9A-Z]{6,10}$/);

/** Lines of tools that contain it. */
const lines: readonly ((one: { readonly mac: string; readonly ip: string }) => string)[] = [
  (a) =>
    `{"address":"${a.mac}","altnames":["enx${a.mac.replaceAll(':', '')}"],"local":"${a.ip}","prefixlen":24}`,
  (a) => ` table=1, priority=100,arp,in_port="web-0df1",arp_spa=${a.ip},arp_sha=${a.mac} actions=NORMAL`,
  (a) => `link/ether ${a.mac.toUpperCase()} brd ff:ff:ff:ff:ff:ff promiscuity 0; addr:${a.mac}`,
  (a) =>
    `dl_src=${a.mac}/ff:ff:ff:ff:ff:f0,nw_src=${a.ip}/24,set_field:0x${a.mac.replaceAll(':', '')}->xreg0`,
  (a) => `elements = { ${a.ip}, ${a.ip} } iface:${a.mac}; ${a.mac.replaceAll(':', '-')} via ${a.ip}`,
];

describe('nothing of the original is left', () => {
  const text = fc.array(fc.record({ mac, ip: fc.oneof(ipv4, ipv6), line: fc.constantFrom(...lines) }), {
    minLength: 1,
    maxLength: 6,
  });
  it('of MAC and IP addresses, in any notation', () => {
    fc.assert(
      fc.property(text, fc.string(), (parts, key) => {
        const said = scrubbed(parts.map(({ line, ...one }) => line(one)).join('\n'), { key }).toLowerCase();
        for (const one of parts) {
          const pairs = one.mac.split(':');
          for (const separator of [':', '-', '']) expect(said).not.toContain(pairs.join(separator));
          const words = said.split(/[^0-9a-f:.]+/);
          expect(words).not.toContain(one.ip.toLowerCase());
        }
      }),
    );
  });

  it('of UUIDs, GUIDs and serial numbers', () => {
    fc.assert(
      fc.property(uuid, guid, serial, octets(8), (row, node, number, dsn) => {
        const said = scrubbed(
          `["uuid","${row}"] node_guid ${node} "serial_number":"${number}" also ${number}\n` +
            `Device Serial Number ${dsn.join('-')}x`,
        );
        for (const one of [row, node, number]) expect(said).not.toContain(one);
        if (/[1-9a-f]/.test(dsn.join(''))) expect(said).not.toContain(dsn.join('-'));
      }),
    );
  });

  it('of names of hosts and users', () => {
    const names = { hosts: ['alpha', 'storage-node-12.example.org'], users: ['eve'] };
    const said = scrubbed(
      'alpha: to-storage-20c2, to alpha; storage-node-12 at storage-node-12.example.org, /home/mallory/x eve',
      { names },
    );
    expect(said).toBe('host-1: to-host-2-20c2, to host-1; host-2 at host-2, /home/user-1/x user-2');
    expect(scrubbed('gamma\n', { path: '/proc/sys/kernel/hostname' })).toMatch(/^host-\d\n$/);
    expect(scrubbed('[["hostname","delta.lan"],["x","delta"]]')).toMatch(
      /^\[\["hostname","(host-\d)"\],\["x","\1"\]\]$/,
    );
  });
});

describe('what was the same stays the same, and what differed differs', () => {
  it('MAC addresses keep whether they are locally administered, and lose their vendor', () => {
    fc.assert(
      fc.property(fc.uniqueArray(mac, { minLength: 2, maxLength: 8 }), (macs) => {
        const said = scrubbed([...macs, ...macs].join(' ')).split(' ');
        expect(said.slice(0, macs.length)).toEqual(said.slice(macs.length));
        expect(new Set(said).size).toBe(macs.length);
        for (const [place, one] of macs.entries()) {
          const isLocal = (Number.parseInt(one.slice(0, 2), 16) & 2) !== 0;
          expect(said[place]?.slice(0, 8)).toBe(isLocal ? '02:00:00' : '00:00:5e');
        }
      }),
    );
  });

  it.each([
    ['IPv4', ipv4],
    ['IPv6', ipv6],
  ] as const)('%s addresses share as many first bits as before', (_, ip) => {
    fc.assert(
      fc.property(fc.uniqueArray(ip, { minLength: 2, maxLength: 6 }), fc.string(), (ips, key) => {
        const said = scrubbed(ips.join(' '), { key }).split(' ');
        for (const [i, a] of ips.entries()) {
          for (const [j, b] of ips.entries()) {
            expect(shared(said[i] ?? '', said[j] ?? '')).toBe(shared(a, b));
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('a link-local address is still the one of its MAC', () => {
    expect(scrubbed('b8:ce:f6:0a:0b:0c fe80::bace:f6ff:fe0a:b0c')).toBe(
      '00:00:5e:00:53:00 fe80::200:5eff:fe00:5300',
    );
    expect(scrubbed('fe80::bace:f6ff:fe0a:b0c')).toBe('fe80::200:5eff:fe00:5300');
  });

  it('a network is still the one of its addresses', () => {
    fc.assert(
      fc.property(fc.string(), (key) => {
        const [network = '', address = ''] = scrubbed('10.3.0.0/16 10.3.9.7', { key }).split(' ');
        const [start = '', length = ''] = network.split('/');
        expect([length, shared(start, address) >= 16, start.endsWith('.0.0')]).toEqual(['16', true, true]);
      }),
    );
  });

  it('no address becomes another one of the host', () => {
    fc.assert(
      fc.property(fc.string(), (key) => {
        const given = Array.from({ length: 12 }, (_, n) => `192.168.${n * 7}.2`);
        const said = scrubbed(given.join(' '), { key }).split(' ');
        expect(said.filter((one) => given.includes(one))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('private networks stay private ones', () => {
    const said = scrubbed('10.1.2.3 172.20.3.4 192.168.7.8 169.254.7.8 100.100.1.1 fd12:3456::1');
    expect(said).toMatch(
      /^10\.[\d.]+3 172\.(1[6-9]|2\d|3[01])\.\d+\.4 192\.168\.\d+\.8 169\.254\.\d+\.8 100\.\d+\.\d+\.1 fd[0-9a-f:]+::1$/,
    );
  });
});

function shared(a: string, b: string): number {
  const [left, right] = [bitsIn(a) ?? '', bitsIn(b) ?? ''];
  if (left.length !== right.length) return -1;
  const at = [...left].findIndex((bit, place) => bit !== right[place]);
  return at < 0 ? left.length : at;
}

test.each([
  '0000:03:00.0 0000:03:00.1/2 pci/0000:82:00.1 enp3s0f0np0 12:30:45 2026-01-01T12:30:45',
  '127.0.0.1 0.0.0.0/0 255.255.255.0 224.0.0.22 192.0.2.7 198.51.100.0/24 203.0.113.9',
  '::1 :: ::/0 ff02::1 ff02::1:ff00:0/104 2001:db8::7 fe80::1 tcp:127.0.0.1:6640',
  '00:00:00:00:00:00 ff:ff:ff:ff:ff:ff 01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0 33:33:00:00:00:01 01:00:00:00:00:00',
  '6.12.48+deb13-amd64 15b3:1019 3.5.0 vlan_tci=0x0000/0x1000 0x0 4294967295 1024000000000 br-storage web/storage',
  'alphabet alpha1 ALPHA {"alpha": 1}',
])('%s stays', (text) => {
  expect(scrubbed(text)).toBe(text);
});

test('numbers that only look like serial numbers stay, and those of a card do not', () => {
  expect(scrubbed('"mtu":1500, "serial":"7"')).toBe('"mtu":1500, "serial":"7"');
  expect(scrubbed('"board.serial_number":"20240817" 20240817')).toBe(
    '"board.serial_number":"serial-1" serial-1',
  );
});

test('the id of a switch stays an id of the same length', () => {
  expect(scrubbed('"phys_switch_id":"f6ceb8000a","x":"f6ceb8000a"')).toBe(
    '"phys_switch_id":"0000000001","x":"0000000001"',
  );
});

test('a text that it cannot scrub completely is refused', () => {
  expect(() => scrubbed('02:ab:cd:ef:01:02 in 02ab.cdef.0102')).toThrow(NotScrubbed);
});

test('any text is scrubbed or refused, also a second time', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789abcdef::..-/" \n') }), (text) => {
      try {
        expect(typeof scrubbed(scrubbed(text))).toBe('string');
      } catch (error) {
        expect(error).toBeInstanceOf(NotScrubbed);
      }
    }),
  );
});
