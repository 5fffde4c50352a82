import { firmwareLines } from '../../../src/cli/firmware-lines.ts';
import { blocksOf } from '../../../src/measure/blocks.ts';
import { suiteOf } from '../../../src/measure/suite.ts';
import { endAt } from '../../../src/measure/testing/stand-in.ts';
import type { BenchEnd } from '../../../src/measure/turn.ts';
import { doTurn } from '../../../src/measure/turn.ts';
import type { Plan } from '../../../src/model/plan.ts';
import { measureArgv } from '../../../src/operate/measure-argv.ts';
import { planFirmware } from '../../../src/operate/plan-firmware.ts';
import { planToPrepare } from '../../../src/operate/plan-prepare.ts';
import { inWords } from '../../../src/plan/words.ts';
import { reboot } from '../../../src/sim/boot.ts';
import { fabricOf, newWorld } from './carried-out.ts';

/** What the suite `seed` runs on the first end, with the log's addresses. */
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
  for (const { cell, run } of blocksOf(suite, 9000).flatMap(({ turns }) => turns))
    await doTurn(bench, cell, run);
  return lines;
}

/** What `prepare` runs on a host without QEMU, for the log's VM. */
async function prepared(): Promise<readonly string[]> {
  const world = newWorld();
  await world.machine.run(['apt-get', 'remove', 'qemu-system-x86']);
  const fabric = fabricOf('legacy-vlan');
  const [host] = fabric.hosts;
  if (!host) throw new Error('the fabric has no host');
  const { plan } = await planToPrepare(world.process(), fabric, host);
  return commandsOf(plan);
}

function commandsOf({ steps }: Plan): readonly string[] {
  return steps.flatMap(({ actions }) =>
    actions.flatMap((action) => ('run' in action ? [action.run.map(inWords).join(' ')] : [])),
  );
}

const image = '/root/fw-ConnectX5-rel-16_35_8002-MCX516A-CDA_Ax_Bx.bin';

/** What `firmware` asks, runs and shows on a host whose card has SR-IOV off, for the log's number of VFs. */
async function firmware(): Promise<readonly string[]> {
  const world = newWorld();
  await world.machine.run(['mstconfig', '-d', '03:00.0', '-y', 'set', 'SRIOV_EN=0', 'NUM_OF_VFS=1']);
  reboot(world.state);
  const lines: string[] = [];
  const site = world.process();
  const query: typeof site.reader.query = (argv, timeoutMs) => {
    lines.push(argv.join(' '));
    return site.reader.query(argv, timeoutMs);
  };
  const reader = new Proxy(site.reader, {
    get: (of, key) => (key === 'query' ? query : bound(of, Reflect.get(of, key))),
  });
  const fabric = fabricOf('legacy-vlan');
  const [host] = fabric.hosts;
  if (!host) throw new Error('the fabric has no host');
  const { plan, cards } = await planFirmware({ ...site, reader }, fabric, host, {
    image,
    vfs: 16,
    reset: true,
  });
  return [...lines, ...commandsOf(plan), ...cards.flatMap(firmwareLines)];
}

function bound(of: object, member: unknown): unknown {
  return typeof member === 'function' ? member.bind(of) : member;
}

/** Verb → what it runs on hosts. */
export const askedBy = { bench: benched, prepare: prepared, firmware } as const;
