import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWide } from '../../tests/support/breadth.ts';
import { explained } from '../model/catalogue.ts';
import { parseFabric } from './parse-fabric.ts';

const valid = `vflane: 1
name: rack7
networks:
  storage: { id: 42, mtu: 9000, subnet: [192.168.10.0/24, "fd00:10::/64"], gateway: 192.168.10.1 }
  household:
    id: 43
    arp-targets: [10.3.0.1]
    uplink: { host: alpha, vlan: 20 }
hosts:
  alpha:
    connect: sim:connectx5/doca?num-of-vfs=16
    datapath: ovs-tc
    nic: "0000:03:00"
    vfs: 16
    underlay: { address: 192.168.9.2/24, vlan: 7, routes: [{ to: 10.9.0.0/16, via: 192.168.9.1 }] }
    offload: preferred
    guests:
      ceph1:
        vm: { cpus: 16, memory: 8G, disk: debian-13.qcow2 }
        networks:
          storage: { address: { v4: 192.168.10.2/24, v6: none }, mac: "02:00:00:00:00:01", max-rate: 10G }
          household: dhcp
  beta:
    connect: ssh://root@beta:2222
    datapath: legacy-vlan
    nic: ["0000:03:00.0", "0000:03:00.1"]
    guests:
      iot: { netns: true, networks: { other: none } }
`;

/** What must hold for every text: an answer, and a place inside the text for all that is wrong with it. */
function holds(text: string): void {
  const { fabric, findings } = parseFabric(text, 'fabric.yaml');
  const lines = text.split('\n');
  expect(fabric === undefined).toBe(findings.some((finding) => finding.severity === 'error'));
  for (const { code, where, message, hint } of findings) {
    expect(explained(code)).toBeDefined();
    const line = lines[(where.line ?? 0) - 1];
    expect(line).toBeDefined();
    expect(where.col).toBeGreaterThanOrEqual(1);
    expect(where.col).toBeLessThanOrEqual((line ?? '').length + 1);
    // Nothing of the file reaches a terminal as it is.
    expect(message + hint + (where.path ?? '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  }
}

/** Words that a fabric is made of, and what may stand between them. */
const words = [
  ...new Set(valid.match(/[\w./"-]+|[:{}[\],\n]| {2}/g)),
  '&a ',
  '*a',
  '<<',
  '!!str ',
  '|\n',
  "'",
  '#',
  '---\n',
  '__proto__',
  'constructor',
  'null',
  '-1',
  '1e999',
  '0x10',
];

const edit = fc.record({
  at: fc.nat(valid.length),
  cut: fc.nat(12),
  put: fc.oneof(
    fc.constantFrom(...words),
    fc.string({ maxLength: 3 }),
    fc.string({ unit: 'binary', maxLength: 2 }),
  ),
});

const numRuns = isWide ? 1000 : 150;

describe('no text makes the parser throw, and every finding has its place', () => {
  test('arbitrary texts', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), holds), { numRuns });
  });

  test('the words of a fabric in any order', () => {
    const soup = fc.array(fc.constantFrom(...words), { maxLength: 40 });
    fc.assert(
      fc.property(soup, (some) => holds(some.join(' '))),
      { numRuns },
    );
  });

  test('a valid file with edits', () => {
    const edits = fc.array(edit, { minLength: 1, maxLength: 4 });
    const edited = (text: string, { at, cut, put }: { at: number; cut: number; put: string }) =>
      text.slice(0, at) + put + text.slice(at + cut);
    fc.assert(
      fc.property(edits, (some) => holds(some.reduce(edited, valid))),
      { numRuns },
    );
  });

  test('a valid file with any value in any place', () => {
    const paths = pathsOf(tree);
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(...words),
      fc.constantFrom<unknown>([], {}, null, true, 0, -1, 4095, 1e300, '', ['10.0.0.1/8', '10.0.0.1/8'], {
        v4: [],
      }),
    );
    const changed = fc.tuple(fc.constantFrom(...paths), value);
    fc.assert(
      fc.property(fc.array(changed, { minLength: 1, maxLength: 3 }), (changes) => {
        const copy = structuredClone(tree);
        // A constant may be drawn twice, and the second time into itself.
        for (const [path, put] of changes) place(copy, path, structuredClone(put));
        holds(JSON.stringify(copy, null, 1));
      }),
      { numRuns },
    );
  });
});

/** The same shape as plain values, with every key that there is. */
const tree = {
  vflane: 1,
  name: 'rack7',
  networks: {
    n: {
      id: 7,
      mtu: 1500,
      subnet: ['10.0.0.0/24'],
      gateway: '10.0.0.1',
      dns: ['10.0.0.1'],
      'arp-targets': ['10.0.0.1'],
      uplink: { host: 'a', vlan: 9 },
    },
    m: { id: 8 },
  },
  hosts: {
    a: {
      connect: 'local',
      datapath: 'ovs-tc',
      nic: ['0000:03:00.0', '0000:03:00.1'],
      vfs: 8,
      underlay: {
        address: '192.168.9.2/24',
        vlan: 7,
        routes: [{ to: '10.9.0.0/16', via: '192.168.9.1' }],
        'arp-targets': '192.168.9.1',
        adopt: false,
      },
      offload: 'off',
      guests: {
        g: {
          vm: { cpus: 1, memory: '1G', disk: 'd' },
          networks: {
            n: { address: { v4: '10.0.0.2/24', v6: 'none' }, mac: [], 'max-rate': 1, spoofchk: true },
          },
        },
        h: { netns: true, networks: { m: { v4: 'none', v6: ['fd00::2/64'], 'max-rate': '1G' }, n: 'dhcp' } },
      },
    },
  },
};

type Path = readonly (string | number)[];

function pathsOf(value: unknown, above: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [above];
  return [above, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...above, key]))];
}

function place(root: unknown, path: Path, put: unknown): void {
  let at = root;
  for (const key of path.slice(0, -1)) {
    if (typeof at !== 'object' || at === null) return;
    at = Reflect.get(at, key);
  }
  const last = path.at(-1);
  if (typeof at === 'object' && at !== null && last !== undefined) Reflect.set(at, last, put);
}
