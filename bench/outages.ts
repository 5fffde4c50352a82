import { spawnSync } from 'node:child_process';
import { rounded, tell } from './figure.ts';

/** A hundred outages of known length, each in both directions: the full test of how `vflane test failover` measures. */
const test = 'tests/failover-outages.real.test.ts';
const { stdout } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.real.config.ts', test],
  { encoding: 'utf8', env: { ...process.env, VFLANE_WHOLE: '1', NO_COLOR: '1' }, timeout: 600_000 },
);
const [, right, all] = /2 intervals or 2 %: (\d+) of (\d+)/.exec(stdout) ?? [];
const [errors = ''] = /error: median .*/.exec(stdout) ?? [];
// Only root can make the namespaces; other users get no figure.
if (right === undefined || all === undefined) tell([]);
else {
  tell([
    {
      kind: 'time',
      what: 'outages of 50, 100, 250 and 1000 ms reported within two probe intervals or 2 %',
      figure: rounded((100 * Number(right)) / Number(all)),
      unit: '%',
      limit: { atLeast: 95 },
      details: [`${right} of ${all}`, errors],
    },
  ]);
}
