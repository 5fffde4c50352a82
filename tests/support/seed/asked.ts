import { suiteOf, turnsOf } from '../../../src/measure/suite.ts';
import { endAt } from '../../../src/measure/testing/stand-in.ts';
import type { BenchEnd } from '../../../src/measure/turn.ts';
import { doTurn } from '../../../src/measure/turn.ts';
import { measureArgv } from '../../../src/operate/measure-argv.ts';
import { planToPrepare } from '../../../src/operate/plan-prepare.ts';
import { inWords } from '../../../src/plan/words.ts';
import { fabricOf, newWorld } from './carried-out.ts';

/** What the suite `seed` has the first end run, with the log's addresses. */
async function benched(): Promise<readonly string[]> {
  const lines: string[] = [];
  const end = (host: string, guest: string, address: string): BenchEnd => {
    const endpoint = endAt(host, guest);
    const { site } = endpoint;
    const measure: typeof site.measure = (request, ...rest) => {
      lines.push(measureArgv(request, ['vflane']).join(' '));
      return site.measure(request, ...rest);
    };
    const stands = { site: { ...site, measure }, address, addresses: [address] };
    return { ...endpoint, ...stands, representors: undefined, netdevs: [] };
  };
  const ends = [end('alpha', 'web', '192.168.10.2'), end('beta', 'db', '192.168.10.1')] as const;
  const suite = suiteOf('seed', 9000);
  const bench = { ends, suite, cpus: [], signal: new AbortController().signal };
  for (const { cell, run } of turnsOf(suite)) await doTurn(bench, cell, run);
  return lines;
}

/** What `prepare` runs on a host that has no QEMU, for the log's VM. */
async function prepared(): Promise<readonly string[]> {
  const world = newWorld();
  await world.machine.run(['apt-get', 'remove', 'qemu-system-x86']);
  const fabric = fabricOf('legacy-vlan');
  const [host] = fabric.hosts;
  if (!host) throw new Error('the fabric has no host');
  const { plan } = await planToPrepare(world.process(), fabric, host);
  return plan.steps.flatMap(({ actions }) =>
    actions.flatMap((action) => ('run' in action ? [action.run.map(inWords).join(' ')] : [])),
  );
}

/** What a verb has hosts run. */
export const askedBy = { bench: benched, prepare: prepared } as const;
