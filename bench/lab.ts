import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cardHost, household, labFabric, namespace, storage } from '../tests/support/lab-fabric.ts';
import { type Figure, rounded, tell } from './figure.ts';

/** Two hosts of the lab, with a cache and a folder of their own: from nothing, from the image, and from snapshots. */
const networks = { storage: storage({ mtu: 9000 }), household: household() };
const fabric = labFabric(networks, {
  alpha: cardHost(4, {
    web: namespace({ storage: '192.168.10.2/24' }),
    tv: namespace({ household: '10.3.0.2/24' }),
  }),
  beta: cardHost(4, {
    db: namespace({ storage: '192.168.10.3/24' }),
    radio: namespace({ household: '10.3.0.3/24' }),
  }),
});

const vflane = join(process.cwd(), 'bin/vflane');
const folder = mkdtempSync(join(tmpdir(), 'vflane-bench-lab-'));
const cache = join(folder, 'cache');
const env = { ...process.env, VFLANE_CACHE_DIR: cache, VFLANE_STATE_DIR: join(folder, 'state') };

/** Seconds from start to end. */
function seconds(...words: readonly string[]): number {
  const start = performance.now();
  const ended = spawnSync(vflane, words, { cwd: folder, env, encoding: 'utf8', timeout: 900_000 });
  if (ended.status === 0) return rounded((performance.now() - start) / 1000);
  throw new Error(`vflane ${words.join(' ')}: ${ended.stdout}${ended.stderr}`);
}

function upAgain(): number {
  seconds('lab', 'down');
  return seconds('lab', 'up', 'fabric.yaml');
}

function forgetSnapshots(): void {
  const root = join(cache, 'lab');
  for (const name of readdirSync(root))
    if (name.startsWith('snapshot-')) rmSync(join(root, name), { recursive: true });
}

function held(what: string, figure: number, atMost: number, peer: string): Figure {
  return { kind: 'time', what, figure, unit: 's', limit: { atMost }, peer };
}

try {
  writeFileSync(join(folder, 'fabric.yaml'), fabric);
  const first = seconds('lab', 'up', 'fabric.yaml');
  forgetSnapshots();
  const cold = upAgain();
  const warm = upAgain();
  const applied = seconds('apply', '--yes');
  tell([
    held('lab up, two hosts, from nothing', first, 300, 'image and QEMU built, both booted and saved'),
    held('lab up, two hosts, from the image', cold, 40, 'both booted and saved'),
    held('lab up, two hosts, from their snapshots', warm, 10, `booted: ${cold} s`),
    held(
      'apply on two lab hosts at once',
      applied,
      30,
      'legacy-vlan, two guests each, an emulated processor',
    ),
  ]);
} finally {
  spawnSync(vflane, ['lab', 'down', '--purge'], { cwd: folder, env });
  rmSync(folder, { recursive: true, force: true });
}
