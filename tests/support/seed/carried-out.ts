import { parseFabric } from '../../../src/fabric/parse-fabric.ts';
import type { Datapath, Fabric } from '../../../src/model/fabric.ts';
import type { Action, Probe, Text } from '../../../src/model/plan.ts';
import { type HostPlan, planFromFile } from '../../../src/operate/plan-host.ts';
import { inWords } from '../../../src/plan/words.ts';
import { createState } from '../../../src/sim/create.ts';
import { memoryKeeper } from '../../../src/sim/keeper.ts';
import type { KernelName } from '../../../src/sim/kernels.ts';
import { textOf } from '../../../src/sim/machines/images.ts';
import { SimHost } from '../../../src/sim/sim-host.ts';
import type { LogEntry } from '../../../src/sim/state.ts';
import { carryOutPlan } from '../scenario.ts';
import { World } from '../world.ts';

/** The log's goal: a VM with VF 1 of both ports on VLAN 40, or with VF 0 on VNI 42; and a namespace of the same kind. */
function fabricText(datapath: Datapath): string {
  const isLegacy = datapath === 'legacy-vlan';
  const machine =
    '{ cpus: 16, memory: 8G, disk: /root/debian-13-nocloud-amd64-20250814-2204.qcow2, cloud-init: none }';
  const vm = `vm: { vm: ${machine}, networks: { storage: 192.168.10.2/24 } }`;
  const bench = 'bench: { netns: true, networks: { storage: 192.168.10.3/24 } }';
  const common = `datapath: ${datapath}, nic: "0000:03:00", vfs: 2`;
  const beta = `  beta: { connect: sim:connectx5, ${common}, underlay: 192.168.9.1/24, guests: { far: { external: true, networks: { storage: 192.168.10.1/24 } } } }\n`;
  return `name: rack7
networks:
  storage: { id: ${isLegacy ? 40 : 42}, mtu: 9000, subnet: 192.168.10.0/24 }
hosts:
  alpha: { connect: sim:connectx5, ${common}${isLegacy ? '' : ', underlay: 192.168.9.2/24'}, guests: { ${(isLegacy ? [bench, vm] : [vm, bench]).join(', ')} } }
${isLegacy ? '' : beta}`;
}

export function fabricOf(datapath: Datapath): Fabric {
  const { fabric, findings } = parseFabric(fabricText(datapath), 'fabric.yaml');
  if (!fabric) throw new Error(findings.map(({ message }) => message).join('; '));
  return fabric;
}

export function newWorld(options: { readonly kernel?: KernelName; readonly numOfVfs?: number } = {}): World {
  const state = createState({ name: 'alpha', kernel: 'debian-13-rebuilt', ...options });
  // The result of the log's `wget` and `qemu-img`.
  state.files[`/root/debian-13-nocloud-amd64-20250814-2204.qcow2`] = textOf({
    format: 'qcow2',
    bytes: 3 * 1024 ** 3,
  });
  return new World(new SimHost(memoryKeeper(state), { name: 'alpha', onKill: () => {} }));
}

export function planOn(world: World, datapath: Datapath): Promise<HostPlan> {
  const fabric = fabricOf(datapath);
  const host = fabric.hosts.find(({ name }) => name === 'alpha');
  if (!host) throw new Error('the fabric has no alpha');
  return planFromFile(world.process(), fabric, host, { allowDisruption: false });
}

/** One thing that a step did, with the names at that moment. */
export interface Line {
  readonly text: string;
  readonly resource: string;
}

export interface CarriedOut {
  readonly planned: HostPlan;
  readonly lines: readonly Line[];
  readonly world: World;
}

/** The plan for an untouched host, and the host's log of its apply, line by line. */
export async function carriedOut(datapath: Datapath): Promise<CarriedOut> {
  const world = newWorld();
  const planned = await planOn(world, datapath);
  const outcome = await carryOutPlan(world.process(), planned.plan, 'apply', 'seed');
  if (outcome.kind !== 'applied') throw new Error(JSON.stringify(outcome));
  const log = [...world.state.log];
  const lines = planned.plan.steps.flatMap((step) =>
    [
      ...step.actions.flatMap((action) => linesOf(shifted(log, action))),
      ...step.settle.all.flatMap((probe) => awaited(probe, step.settle.timeoutMs)),
    ].map((text): Line => ({ text, resource: step.resource })),
  );
  if (log.length > 0) throw new Error(`not in the plan: ${JSON.stringify(log)}`);
  return { planned, lines, world };
}

/** The log’s next entry, which must be the plan’s action, except for names that were looked up. */
function shifted(log: LogEntry[], action: Action): LogEntry {
  const entry = log.shift();
  const asked = entry && ('run' in action ? entry.run?.join(' ') : entry.write);
  const words: Text[] = 'run' in action ? [...action.run] : [action.write];
  if (entry === undefined || !asFormOf(words).test(asked ?? '')) {
    throw new Error(`planned: ${words.map(inWords).join(' ')}; asked: ${asked}`);
  }
  return entry;
}

function asFormOf(words: readonly Text[]): RegExp {
  const form = words
    .map(inWords)
    .join(' ')
    .split(/<[^>]*>/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${form.join('\\S+')}$`);
}

/** One line for each line of a batch and each command of a transaction. */
function linesOf({ run, stdin, write, text }: LogEntry): readonly string[] {
  if (run === undefined) return [`echo ${text} > ${write}`];
  const [program = '', ...words] = run;
  if (program === 'ip' && words.includes('-batch')) {
    const [before = ''] = words.join(' ').split(/(?:-force )?-batch/);
    return (stdin ?? '')
      .trimEnd()
      .split('\n')
      .map((line) => `ip ${before}${line}`);
  }
  if (program !== 'ovs-vsctl') return [run.join(' ')];
  const commands = words
    .join(' ')
    .replace(/^(--\S+ )*/, '')
    .split(/ ?-- /);
  return commands.filter((command) => command !== '').map((command) => `ovs-vsctl ${command}`);
}

function awaited(probe: Probe, timeoutMs: number): readonly string[] {
  return 'read' in probe && 'is' in probe
    ? [`wait until ${inWords(probe.read)} is ${probe.is} within ${timeoutMs} ms`]
    : [];
}
