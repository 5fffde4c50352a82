import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Finding } from '../model/finding.ts';
import type { Plan } from '../model/plan.ts';
import type { VerbContext } from './context.ts';
import { readPlanFile } from './plan-file.ts';
import { planJson } from './plan-json.ts';

const doubt: Finding = {
  code: 'VF2001',
  severity: 'warning',
  message: 'a doubt',
  hint: '',
  where: { host: 'alpha' },
};

/** Every key that a plan can have. */
const plan: Required<Plan> = {
  host: 'alpha',
  basis: 'sha256:00',
  steps: [
    {
      why: 'Raise the MTU.',
      resource: 'pf-mtu',
      at: '0000:03:00.0',
      for: [],
      guard: [],
      actions: [{ run: ['ip', 'link', 'set', 'eth1', 'mtu', '9000'] }],
      undo: [{ run: ['ip', 'link', 'set', 'eth1', 'mtu', '1500'] }],
      settle: { all: [], show: [], timeoutMs: 1000 },
      changes: [{ resource: 'pf-mtu', at: '0000:03:00.0', from: 1500, to: 9000 }],
      disrupts: [],
    },
  ],
  allocation: {},
  leaves: ['web'],
  keeps: [{ resource: 'pf-up', at: '0000:03:00.0', value: true }],
  left: [{ resource: 'vf-trust', at: '0000:03:00.0/1' }],
  findings: [doubt],
};

const file = { schema: 'vflane.plan/1', hosts: [planJson(plan)], findings: [doubt] };

function readBack(written: unknown): readonly Plan[] {
  const folder = mkdtempSync(join(tmpdir(), 'vflane-plan-'));
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(written));
  try {
    return readPlanFile({ cwd: folder } as VerbContext, 'plan.json');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a plan comes back whole from its file: what it keeps and what it leaves to others, too', () => {
  expect(readBack(file)).toEqual([plan]);
});

/** Each was once begun, and ended half way as a defect of vflane. */
const damaged: readonly (readonly [string, object])[] = [
  ['hosts.0.steps.0.actions.0', { actions: [{}] }],
  ['hosts.0.steps.0.actions.0', { actions: [{ run: 'reboot' }] }],
  ['hosts.0.steps.0.actions.0', { actions: [{ run: [] }] }],
  ['hosts.0.steps.0.actions.0', { actions: [{ run: ['ip', [{ netdev: { pf: '../../x' } }]] }] }],
  ['hosts.0.steps.0.undo.0', { undo: [null] }],
  ['hosts.0.steps.0.guard', { guard: 'x' }],
  ['hosts.0.steps.0.settle.all', { settle: {} }],
  ['hosts.0.steps.0.settle.timeoutMs', { settle: { all: [], show: [], timeoutMs: -5 } }],
  ['hosts.0.steps.0.changes.0', { changes: [null] }],
  ['hosts.0.steps.0.disrupts', { disrupts: 'ceph1' }],
  ['hosts.0.steps.0', { ofAnotherVersion: 1 }],
];

test.each(damaged)('a plan that is wrong in %s by %o is not begun', (place, wrong) => {
  const steps = plan.steps.map((step) => ({ ...step, ...wrong }));
  const written = { ...file, hosts: [{ ...plan, steps, findings: undefined }] };
  expect(() => readBack(written)).toThrow(new RegExp(`not a plan of this version of vflane: see ${place}`));
});

test.each([null, [], 7, {}, { ...file, findings: [null] }, { ...file, hosts: [{ ...plan, keeps: 'x' }] }])(
  '%o is not a plan',
  (written) => expect(() => readBack(written)).toThrow('not a plan of this version of vflane'),
);
