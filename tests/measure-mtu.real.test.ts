import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MtuPair } from '../src/measure/mtu.ts';
import type { OffloadSeen } from '../src/measure/offload.ts';
import { appliedRack } from './support/applied-rack.ts';
import { missingNamespaces } from './support/namespace-host.ts';
import { hostNames, type Rack } from './support/rack.ts';

const missing = missingNamespaces();
if (missing) console.warn(`skipped: path MTU and offload of three hosts on real Open vSwitch: ${missing}`);

describe.skipIf(missing)('on real Open vSwitch', () => {
  let rack: Rack;
  beforeAll(async () => {
    rack = await appliedRack();
  }, 60_000);
  afterAll(() => rack?.stop());

  async function mtu(): Promise<{ readonly code: number; readonly pairs: readonly MtuPair[] }> {
    const said = await rack.vflane('test', 'mtu', '--json');
    return { code: said.code, ...(JSON.parse(said.stdout) as { readonly pairs: readonly MtuPair[] }) };
  }

  test('every network carries its MTU, and the underlay the tunnel’s overhead as well', async () => {
    const { code, pairs } = await mtu();
    expect(code).toBe(0);
    expect(pairs.map(({ network, wanted, path }) => ({ network, wanted, path }))).toEqual([
      ...Array.from({ length: 3 }, () => ({
        network: 'household',
        wanted: 1500,
        path: { kind: 'carries', bytes: 1500, whole: true },
      })),
      { network: 'storage', wanted: 9000, path: { kind: 'carries', bytes: 9000, whole: true } },
    ]);
    expect(pairs.at(-1)?.underlay).toMatchObject({
      needed: 9050,
      path: { bytes: 9050 },
      arithmetic: '9000 + 14 Ethernet + 8 VXLAN + 8 UDP + 20 IPv4 = 9050',
    });
  });

  test('a switch with a too small MTU is reported with what it carries: exit 2', async () => {
    const set = (bytes: number): void => {
      const ends = ['beta1', 'beta2'].map((end) => `link set ${end} mtu ${bytes}\n`);
      rack.switches.run(['ip', '-batch', '-'], ends.join(''));
    };
    set(4000);
    const { code, pairs } = await mtu();
    set(9216);
    expect(code).toBe(2);
    const short = pairs.filter(({ short: found }) => found.length > 0);
    expect(short.map(({ network }) => network)).toEqual(['storage']);
    expect(short[0]?.path).toMatchObject({ kind: 'carries', whole: false });
    expect(short[0]?.short.join()).toMatch(
      /what joins alpha and beta carries \d+ bytes, 9050 are needed: a switch/,
    );
  });

  test('a guest’s port with a too small MTU is named', async () => {
    rack.hosts.beta.run(['ip', '-n', 'disk2', 'link', 'set', 'storage', 'mtu', '3000']);
    const { code, pairs } = await mtu();
    await rack.done('apply', '--yes');
    expect(code).toBe(2);
    expect(pairs.at(-1)?.short.join()).toContain('storage in disk2/storage has MTU 3000, 9000 is wanted');
  });

  test('flows are in software, and the reason is given', async () => {
    const said = await rack.vflane('test', 'offload', '--json');
    const { hosts } = JSON.parse(said.stdout) as { readonly hosts: readonly OffloadSeen[] };
    expect(said.code).toBe(0);
    expect(hosts.map(({ host }) => host)).toEqual([...hostNames]);
    for (const { counts, flows, why } of hosts) {
      expect(counts?.hardware.flows).toBe(0);
      expect(counts?.software.flows).toBeGreaterThan(0);
      expect(flows.length).toBeGreaterThan(0);
      expect(why.join()).toContain('nic: software');
    }
    console.info((await rack.vflane('test', 'offload')).stdout);
  });
});
