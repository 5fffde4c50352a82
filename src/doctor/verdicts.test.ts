import { describe, expect, test } from 'vitest';
import { legacyPorts, ovs, patient, port } from '../../tests/support/patients.ts';
import { verdictsOf, verdictText } from './verdicts.ts';
import { budgetsOf } from './vf-budget.ts';

const fixed = { tcOffload: { on: false, fixed: true } };

function kinds(parts: Parameters<typeof patient>[0]) {
  return Object.fromEntries(verdictsOf(patient(parts)).map(({ datapath, verdict }) => [datapath, verdict]));
}

describe('what each datapath would come to', () => {
  test('a host that has everything', () => {
    expect(kinds({})).toEqual({ 'legacy-vlan': 'hardware', 'ovs-tc': 'hardware', 'ovs-dpdk': 'hardware' });
  });

  test('Debian 13’s stock kernel leaves legacy-vlan, and says what would change that', () => {
    const stock = patient({
      state: { pfs: [port(0, fixed), port(1, fixed)] },
      survey: { config: { path: '/boot/config-6.12', options: { MLX5_CORE: 'm' } } },
    });
    const [legacy, tc, dpdk] = verdictsOf(stock);
    expect([legacy, tc, dpdk].map((one) => one?.verdict)).toEqual(['hardware', 'impossible', 'impossible']);
    expect(tc && verdictText(tc)).toMatch(
      /^ovs-tc: impossible in hardware here, because .*CONFIG_NET_TC_SKB_EXT.*; one of: .*DOCA-OFED/,
    );
    expect(tc?.evidence.map(({ saw }) => saw)).toContain(
      'CONFIG_NET_TC_SKB_EXT is not set, CONFIG_MLX5_CLS_ACT is not set',
    );
  });

  test('what can be installed is distinguished from what cannot', () => {
    expect(kinds({ state: { iommu: false } })['legacy-vlan']).toBe('lacks');
    expect(kinds({ state: { pfs: [port(0, { totalVfs: 127 })] } })['ovs-tc']).toBe('lacks');
    expect(kinds({ state: { ovs: { unseen: 'there is no ovs-vsctl', lacks: 'program' } } })['ovs-tc']).toBe(
      'lacks',
    );
    expect(kinds({ state: { ovs: ovs({ settings: { 'dpdk-init': 'true' } }) } })['ovs-dpdk']).toBe('lacks');
    expect(kinds({ state: { pfs: [] } })).toEqual({
      'legacy-vlan': 'impossible',
      'ovs-tc': 'impossible',
      'ovs-dpdk': 'impossible',
    });
    expect(kinds({ state: { pfs: [port(0, { eswitch: 'none' })] } })['ovs-tc']).toBe('impossible');
  });

  test('what could not be seen is never "possible"', () => {
    const unseen = { unseen: 'no ethtool' };
    expect(kinds({ state: { pfs: [port(0, { tcOffload: unseen }), port(1)] } })).toEqual({
      'legacy-vlan': 'hardware',
      'ovs-tc': 'unknown',
      'ovs-dpdk': 'unknown',
    });
    expect(kinds({ state: { pfs: [port(0, { totalVfs: unseen })] } })['legacy-vlan']).toBe('unknown');
    expect(kinds({ state: { ovs: unseen } })['ovs-tc']).toBe('unknown');
    expect(kinds({ state: legacyPorts({ eswitch: unseen }) })['ovs-tc']).toBe('unknown');
  });
});

test('the room for VFs is what the slot was given, less what the ports take themselves', () => {
  const [first] = budgetsOf(patient());
  expect(first).toMatchObject({ vfs: 16, mibEach: 1, windowMib: 128, fits: 32 });
});
