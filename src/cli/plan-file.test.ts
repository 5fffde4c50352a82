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

test('a plan comes back whole from its file: what it keeps and what it leaves to others, too', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vflane-plan-'));
  const file = { schema: 'vflane.plan/1', hosts: [planJson(plan)], findings: [doubt] };
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(file));
  try {
    expect(readPlanFile({ cwd: folder } as VerbContext, 'plan.json')).toEqual([plan]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
