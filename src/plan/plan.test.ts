import { describe, expect, test } from 'vitest';
import { bareHost, fabric, fabricHost, guest, pf0, pf1 } from '../../tests/support/states.ts';
import { expandLegacyVlan } from '../datapath/legacy-vlan.ts';
import type { FabricHost } from '../model/fabric.ts';
import type { HostState } from '../model/host-state.ts';
import { emptyLedger } from '../model/ledger.ts';
import type { Plan, Text } from '../model/plan.ts';
import { wantsOf } from './differences.ts';
import { planFor } from './plan.ts';

function planOf(host: FabricHost, state: HostState = bareHost()): Plan {
  const spec = expandLegacyVlan(fabric([host]), host, emptyLedger);
  const wants = wantsOf(spec, state, emptyLedger);
  const rest = { spec, allocation: spec.allocation, ledger: emptyLedger, allowDisruption: false };
  return planFor({ host: host.name, state, wants, ...rest }).plan;
}

function words(text: Text | undefined): string {
  if (text === undefined || typeof text === 'string') return text ?? '';
  return text.map((part) => (typeof part === 'string' ? part : '<name>')).join('');
}

describe('a bare host with two VM guests', () => {
  const plan = planOf(
    fabricHost('alpha', [guest('ceph1', 'external', ['storage']), guest('web', 'external', ['household'])]),
  );
  const kinds = plan.steps.map((step) => step.resource);

  test('goes from the driver through the pool to the VFs, and binds them last', () => {
    expect(kinds).toEqual([
      'module',
      'sriov-drivers-autoprobe',
      'pf-mtu',
      'num-vfs',
      'pf-up',
      'vf-mac',
      'vf-vlan',
      'vf-spoofchk',
      'vf-link-state',
      'vf-driver',
    ]);
  });

  test('tags both VFs of a guest with its network in one batch', () => {
    const step = plan.steps.find(({ resource }) => resource === 'vf-vlan');
    expect(step?.at).toBe(`${pf0}/0-1,${pf1}/0-1`);
    expect(step?.for).toEqual(['ceph1', 'web']);
    const [action] = step?.actions ?? [];
    expect(action).toMatchObject({ run: ['ip', '-batch', '-'] });
    expect(words(action && 'stdin' in action ? action.stdin : undefined)).toBe(
      'link set dev <name> vf 0 vlan 42\nlink set dev <name> vf 1 vlan 43\n'.repeat(2),
    );
  });

  test('gives each of a guest’s two VFs its own MAC', () => {
    const macs = plan.steps.find(({ resource }) => resource === 'vf-mac')?.changes.map(({ to }) => to);
    expect(new Set(macs).size).toBe(4);
  });

  test('closes the spare VFs and binds none of them', () => {
    const closed = plan.steps.find(({ resource }) => resource === 'vf-link-state')?.at;
    expect(closed).toBe(`${pf0}/2-7,${pf1}/2-7`);
    expect(plan.steps.find(({ resource }) => resource === 'vf-driver')?.at).toBe(`${pf0}/0-1,${pf1}/0-1`);
  });

  test('checks the VFs’ settings once per PF, after the last of them', () => {
    const asked = plan.steps.filter((step) => step.settle.all.length > 0 && step.resource.startsWith('vf-'));
    expect(asked.map((step) => step.resource)).toEqual(['vf-link-state', 'vf-driver']);
  });

  test('checks the ports’ settings there too, and nothing twice', () => {
    const queries = plan.steps.flatMap((step) => {
      const asked = step.settle.all.flatMap((probe) =>
        'query' in probe ? [JSON.stringify(probe.query)] : [],
      );
      return [...new Set(asked)];
    });
    expect(queries).toHaveLength(2);
  });

  test('is the same plan twice', () => {
    const again = planOf(
      fabricHost('alpha', [guest('ceph1', 'external', ['storage']), guest('web', 'external', ['household'])]),
    );
    expect(JSON.stringify(again)).toBe(JSON.stringify(plan));
  });
});

describe('a namespace guest', () => {
  test('gets its namespace, its VFs, and everything else in one step: its bond, its addresses and its loopback', () => {
    const plan = planOf(fabricHost('alpha', [guest('web', 'netns', ['storage'])]));
    const after = plan.steps.map((step) => step.resource);
    expect(after.slice(after.indexOf('vf-driver'))).toEqual(['vf-driver', 'netns', 'netns-vf', 'guest-bond']);
    const [inside, ...more] = plan.steps.at(-1)?.actions ?? [];
    expect(more).toEqual([]);
    expect(words(inside && 'stdin' in inside ? inside.stdin : undefined)).toMatch(
      /^link add name storage type bond mode active-backup fail_over_mac active num_grat_arp 3 miimon 100\nlink set dev storage mtu 9000\n(.*\n)*link set dev lo up\n$/,
    );
  });
});

test('a pool that somebody else made is left alone and reported', () => {
  const state = bareHost();
  const pfs = state.pfs.map((pf) => ({ ...pf, numVfs: 4 }));
  const plan = planOf(fabricHost('alpha', []), { ...state, pfs });
  expect(plan.findings.map((finding) => finding.code)).toContain('VF3002');
});

test('what could not be looked at is not taken for absent', () => {
  const state = bareHost();
  const pfs = state.pfs.map((pf) => ({ ...pf, numVfs: { unseen: 'EACCES' } }));
  const plan = planOf(fabricHost('alpha', []), { ...state, pfs });
  expect(plan.findings.map((finding) => finding.code)).toContain('VF3001');
});
