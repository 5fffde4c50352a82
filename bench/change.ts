import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFakeHost } from './fake-host.ts';
import { tell, timed } from './figure.ts';

interface Applied {
  readonly outcome: { readonly kind: string };
  readonly changes: number;
  readonly processes: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'vflane-bench-'));
await makeFakeHost(folder);
const program = join(import.meta.dirname, 'programs/apply-here.mjs');
const { stdout } = timed([process.execPath, program, folder, 'changed.yaml']);
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
