import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostError } from '../src/host/host.ts';
import { memorySim } from '../src/sim/open-sim.ts';
import type { SimHost } from '../src/sim/sim-host.ts';
import { rounds } from './ovs-commands.ts';
import { type Answer, missingOvs, RealOvs } from './ovs-real.ts';

const missing = missingOvs();
if (missing !== undefined)
  process.stderr.write(`skipped: the simulated OVS against the real one: ${missing}\n`);

/** Words of a line as a POSIX shell splits them, no more than single quotes. */
function words(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}

async function simulated(host: SimHost, argv: readonly string[], stdin: string): Promise<Answer> {
  try {
    const ran = await host.run(argv, stdin === '' ? {} : { stdin });
    return { code: 0, ...ran };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const { kind, exitCode = kind === 'timeout' ? 142 : -1, stdout = '', stderr = '' } = error.details;
    return { code: exitCode, stdout, stderr };
  }
}

const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** What may differ: UUIDs, MACs made up, times, log folders, and the order of rows, which the database does not keep. */
function plain(argv: readonly string[], answer: Answer): Answer {
  const tidy = (text: string) =>
    text
      .replace(uuid, 'UUID')
      .replace(/0000[0-9a-f]{12}/g, 'DPID')
      .replace(/([0-9a-f]{2}:){5}[0-9a-f]{2}(?=["\n])/g, 'MAC')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z\|\d+\|/g, 'TIME|')
      .replace(/default log directory is ".*"/g, 'default log directory is "LOG"')
      .replace(/duration=[\d.]+s/g, 'duration=Ns')
      .replace(/idle_age=\d+, /g, '');
  const unordered = argv.some((word) => /^(list|find|show|dump-flows)$/.test(word));
  const stdout = unordered ? tidy(answer.stdout).split('\n').sort().join('\n') : tidy(answer.stdout);
  const stderr = tidy(answer.stderr);
  const isJson = argv.some((word) => word.endsWith('json'));
  return { code: answer.code, stdout: isJson ? JSON.stringify([...stdout].sort()) : stdout, stderr };
}

describe.skipIf(missing !== undefined)('the simulated OVS answers as the real one', () => {
  const real = new RealOvs();
  const host = memorySim({ kernel: real.debian < 13 ? 'debian-12' : 'debian-13' });

  beforeAll(async () => {
    await real.start();
    for (const name of ['p0', 'p1', 'p2', 'e0', 'e1'])
      await host.run(['ip', 'link', 'add', name, 'up', 'type', 'dummy']);
  });
  afterAll(() => real.stop());

  /** What no command line of both can do. */
  async function changesDaemon(command: string): Promise<boolean> {
    if (command !== 'RESTART' && command !== 'STOP') return false;
    await real.stopDaemon();
    await host.run(['systemctl', 'stop', 'ovs-vswitchd']);
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
