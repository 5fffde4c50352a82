import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSim } from '../src/sim/open-sim.ts';
import { type Figure, median, seconds, tell } from './figure.ts';

const hosts = 50;
const folder = mkdtempSync(join(tmpdir(), 'vflane-bench-'));
const pf0 = '/sys/bus/pci/devices/0000:03:00.0';

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Tests of a whole fleet of simulated hosts mostly consist of such looks. */
async function lookAtNewHost(n: number): Promise<void> {
  const host = openSim({ stateFile: join(folder, `${n}.json`), name: `host${n}` });
  await host.query(['ip', '-j', '-d', 'addr', 'show']);
  await host.listDir(pf0);
  await host.readFile(`${pf0}/sriov_numvfs`);
}

async function make254Vfs(): Promise<void> {
  const host = openSim({ stateFile: join(folder, 'full.json'), name: 'full', numOfVfs: 127 });
  for (const port of [0, 1])
    await host.writeFile(`/sys/bus/pci/devices/0000:03:00.${port}/sriov_numvfs`, '127');
}

const inSeconds = (what: string, ms: number, atMost: number): Figure => {
  return {
    kind: 'time',
    what: `${what} (${seconds(ms)})`,
    figure: Math.round(ms) / 1000,
    unit: 's',
    limit: { atMost },
  };
};

async function measure(): Promise<void> {
  await lookAtNewHost(0);
  const looks: number[] = [];
  for (let n = 1; n <= hosts; n++) looks.push(await msOf(() => lookAtNewHost(n)));
  tell([
    inSeconds('a look at a simulated host that nobody touched', median(looks), 0.01),
    inSeconds('254 VFs of a simulated host', await msOf(make254Vfs), 1),
  ]);
}

void measure().finally(() => rmSync(folder, { recursive: true }));
