import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Applied, applyHere } from './apply-here.ts';
import { makeFakeHost } from './fake-host.ts';
import { tell } from './figure.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-bench-'));
await makeFakeHost(folder);
const { stdout } = applyHere(folder, 'changed.yaml');
rmSync(folder, { recursive: true });
const { outcome, changes, processes } = JSON.parse(stdout) as Applied;
if (outcome.kind !== 'applied') throw new Error(`not applied: ${stdout}`);

tell([
  {
    kind: 'count',
    what: `apply ${changes} changes (254 VFs × 4 attributes), looks included`,
    figure: processes.length,
    unit: 'processes',
    limit: { atMost: 10 },
    peer: `one ip a change: ${changes}`,
    details: processes,
  },
]);
