import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memorySim } from '../src/sim/open-sim.ts';
import { endVswitchd } from '../src/sim/ovs/service.ts';
import { rounds } from './ovs-commands.ts';
import { type LabHost, labHost } from './support/lab-host.ts';
import { askLabOvs, startLabOvs } from './support/lab-ovs.ts';
import { plain, simulated, words } from './support/ovs-answers.ts';

let lab: LabHost;
const sim = memorySim({ kernel: 'debian-13' });

beforeAll(async () => {
  lab = await labHost();
  await startLabOvs(lab);
  for (const name of ['p0', 'p1', 'p2', 'e0', 'e1'])
    await sim.run(['ip', 'link', 'add', name, 'up', 'type', 'dummy']);
});
afterAll(() => lab?.down());

async function askSim(line: string) {
  const [command = '', stdin = ''] = line.split(' <<< ');
  if (command === 'RESTART' || command === 'STOP') {
    sim.alter(endVswitchd);
    if (command === 'RESTART') await sim.run(['systemctl', 'start', 'ovs-vswitchd']);
    return undefined;
  }
  return simulated(sim, words(command), stdin.replaceAll('\\n', '\n'));
}

/** The command lines of `ovs-differential.real.test.ts`, for Debian 13's Open vSwitch instead of this machine's. */
describe.each(Object.entries(rounds))('Open vSwitch of Debian 13: %s', (_title, lines) => {
  it('answers as the simulated one', async () => {
    const real = await askLabOvs(lab, lines);
    const differing: unknown[] = [];
    for (const [n, line] of lines.entries()) {
      const [got, said] = [await askSim(line), real[n]];
      if (!got || !said) continue;
      const argv = words(line.split(' <<< ')[0] ?? '');
      const [a, b] = [plain(argv, said), plain(argv, got)];
      if (JSON.stringify(a) !== JSON.stringify(b)) differing.push({ line, real: a, simulated: b });
    }
    expect(differing).toEqual([]);
  });
});
