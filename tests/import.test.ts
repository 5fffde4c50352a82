import { describe, expect, test } from 'vitest';
import type { Imported } from '../src/discover/import-hosts.ts';
import type { Finding } from '../src/model/finding.ts';
import { importWorlds, planOfText, typedHost } from './support/import.ts';
import { errorsIn } from './support/scenario.ts';

/** What somebody set up by hand, by the log's own commands, as a file; and what that file's plan is. */

function codesOf({ findings, reports }: Imported): readonly string[] {
  const all: readonly Finding[] = [...findings, ...reports.flatMap(({ value }) => value?.findings ?? [])];
  return [...new Set(all.filter(({ severity }) => severity !== 'info').map(({ code }) => code))].sort();
}

const approaches = [
  ['approach 1', 'debian-13', ['approach 1: host'], 'legacy-vlan', 'vlan40: { id: 40, mtu: 9000 }'],
  [
    'approach 2',
    'doca',
    ['approach 2: packages', 'approach 2: host'],
    'ovs-dpdk',
    'vni42: { id: 42, mtu: 9000 }',
  ],
  ['approach 3', 'doca', ['approach 3: host'], 'ovs-tc', 'vni42: { id: 42, mtu: 9000 }'],
  ['approach 3', 'debian-13', ['approach 3: host'], 'ovs-tc', 'vni42: { id: 42, mtu: 9000 }'],
] as const;

describe.each(approaches)('%s typed by hand on %s', (_, kernel, names, datapath, network) => {
  test('is a valid file whose plan is empty, and nothing was changed', async () => {
    const world = await typedHost(kernel, ...names);
    const before = structuredClone(world.state);
    const { text, reports, troubled } = await importWorlds({ alpha: world });
    expect(troubled).toEqual([]);
    expect(text).toContain(`    datapath: ${datapath}\n`);
    expect(text).toContain(`  ${network}\n`);
    expect(text).toMatch(/# held by qemu-system-x86 \(pid \d+\)\n {6}vm1:\n {8}external: true/);
    expect({ ...world.state, clock: 0 }).toEqual({ ...before, clock: 0 });
    const { plan, differences } = await planOfText(world, text);
    expect({ steps: plan.steps, differences, errors: errorsIn(plan) }).toEqual({
      steps: [],
      differences: [],
      errors: [],
    });
    expect(reports.map(({ value }) => value?.looked.plan.differences)).toEqual([[]]);
  });
});

describe('what is unsafe about it is said', () => {
  test('approach 1: VFs that anything may be sent from', async () => {
    const imported = await importWorlds({ alpha: await typedHost('debian-13', 'approach 1: host') });
    expect(codesOf(imported)).toEqual(expect.arrayContaining(['VF2274', 'VF2106']));
    expect(imported.text).toContain('vlan40: { address: none, vf: 1, spoofchk: false }');
    const macs = imported.hosts[0]?.asFound.filter(({ resource }) => resource === 'vf-mac');
    expect(macs?.map(({ at }) => at)).toEqual(['0000:03:00.0/1', '0000:03:00.1/1']);
  });

  test('approach 3: a bridge that keeps nobody in, and a far end that nobody looked at', async () => {
    const imported = await importWorlds({ alpha: await typedHost('doca', 'approach 3: host') });
    expect(codesOf(imported)).toEqual(
      expect.arrayContaining(['VF2104', 'VF2141', 'VF2142', 'VF2143', 'VF2276', 'VF2277']),
    );
    const bridge = imported.findings.find(({ code }) => code === 'VF2276');
    expect(bridge?.message).toMatch(/not secure.*no protected ports.*own port up/);
  });
});
