import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memorySim } from '../src/sim/open-sim.ts';
import { endVswitchd } from '../src/sim/ovs/service.ts';
import { rounds } from './ovs-commands.ts';
import { missingOvs, RealOvs } from './ovs-real.ts';
import { plain, simulated, words } from './support/ovs-answers.ts';

const missing = missingOvs();
if (missing !== undefined)
  process.stderr.write(`skipped: the simulated OVS against the real one: ${missing}\n`);

describe.skipIf(missing !== undefined)('the simulated OVS answers as the real one', () => {
  const real = new RealOvs();
  const host = memorySim({ kernel: real.debian < 13 ? 'debian-12' : 'debian-13' });

  beforeAll(async () => {
    await real.start();
    for (const name of ['p0', 'p1', 'p2', 'e0', 'e1'])
      await host.run(['ip', 'link', 'add', name, 'up', 'type', 'dummy']);
  });
  afterAll(() => real.stop());

  /** Steps that no command line can do on both. */
  async function changesDaemon(command: string): Promise<boolean> {
    if (command !== 'RESTART' && command !== 'STOP') return false;
    await real.stopDaemon();
    host.alter(endVswitchd);
    if (command === 'STOP') return true;
    await real.startDaemon();
    await host.run(['systemctl', 'start', 'ovs-vswitchd']);
    return true;
  }

  for (const [title, lines] of Object.entries(rounds))
    it(title, async () => {
      const differing: { readonly real: unknown; readonly simulated: unknown }[] = [];
      for (const line of lines) {
        const [command = '', stdin = ''] = line.split(' <<< ');
        const argv = words(command);
        if (await changesDaemon(command)) continue;
        const text = stdin.replaceAll('\\n', '\n');
        const expected = { line, ...plain(argv, real.run(argv, text)) };
        const got = { line, ...plain(argv, await simulated(host, argv, text)) };
        if (JSON.stringify(got) !== JSON.stringify(expected))
          differing.push({ real: expected, simulated: got });
      }
      expect(differing).toEqual([]);
    });
});
