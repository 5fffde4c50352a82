import { expect, test } from 'vitest';
import type { BootReport } from '../model/boot.ts';
import { bootTroubles } from './boot-status.ts';

const report = (findings: BootReport['findings']): BootReport => ({
  schema: 'vflane.boot-report/1',
  bootId: 'b',
  time: 0,
  tookMs: 100,
  outcome: 'failed',
  findings,
});
const trouble = (severity: 'error' | 'info', message: string, hint: string) => ({
  ...{ code: 'VF2251', severity, where: {} },
  ...{ message: `alpha: ${message}`, hint },
});

test('a host that did not come back is reported with the specific remedy', () => {
  const findings = [
    trouble('error', 'the ports are swapped', 'Put nic: in order.'),
    trouble('info', 'x', 'y'),
  ];
  const [told] = bootTroubles('alpha', { kind: 'failed', report: report(findings) });
  expect(told).toMatchObject({
    message: 'alpha did not come back by itself at its last start: the ports are swapped',
    hint: 'Put nic: in order.',
  });
});

test('without a specific remedy, the log is named', () => {
  for (const status of [{ kind: 'not-run' }, { kind: 'failed', report: report([]) }] as const)
    expect(bootTroubles('alpha', status)[0]?.hint).toMatch(/journalctl -b -u vflane-boot/);
});
