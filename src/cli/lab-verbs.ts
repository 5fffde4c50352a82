import { readMemory } from '../fabric/quantity.ts';
import { labDown, labHostNames, labUp } from '../lab/lab.ts';
import { type HostStatus, type LabStatus, labStatus } from '../lab/status.ts';
import type { FabricHost } from '../model/fabric.ts';
import type { VerbContext, VerbHandler, VerbOptions } from './context.ts';
import { durationMs } from './duration.ts';
import { exitCodes } from './exit-codes.ts';
import { chosenHosts, readFabricFile } from './fabric-file.ts';
import { interruptible, labFolder, switchesArgv, telling, timedLog } from './lab-telling.ts';
import { printFindings } from './print-findings.ts';
import { UsageError } from './usage-error.ts';
import { findingsJson } from './validate.ts';

const schema = 'vflane.lab-up/1';
const mostHosts = 8;

/** Boots the hosts of a file, or a number of hosts, and says when all answer over ssh. */
export const up: VerbHandler = (context, [file], options) => {
  const { global } = context;
  const at = file === undefined ? context : { ...context, global: { ...global, file } };
  if (at.global.file === undefined) return bringUp(at, labHostNames(hostCount(options)), options);
  if (options.hosts !== undefined && file !== undefined) {
    throw new UsageError('FILE says which hosts, so --hosts cannot', 'Leave one of them out.');
  }
  return options.hosts === undefined
    ? upFromFile(at, options)
    : bringUp(at, labHostNames(hostCount(options)), options);
};

function hostCount({ hosts }: VerbOptions): number {
  const count = hosts === undefined ? 2 : Number(hosts);
  if (Number.isInteger(count) && count >= 1 && count <= mostHosts) return count;
  throw new UsageError(`--hosts ${String(hosts)} is not a number of hosts`, `From 1 to ${mostHosts}.`);
}

/** The least memory with which a host boots, and the most that one is given, in MiB. */
const [leastMemory, mostMemory] = [512, 65_536];

function memoryOf({ memory = '1G' }: VerbOptions): number {
  const read = readMemory(String(memory));
  if ('wrong' in read) throw new UsageError(`--memory: ${read.wrong}`, read.hint);
  if (read.value >= leastMemory && read.value <= mostMemory) return read.value;
  throw new UsageError(`--memory ${String(memory)} is out of range`, 'From 512M to 64G.');
}

const mostCpus = 16;

function cpusOf({ cpus }: VerbOptions): { readonly cpus?: number } {
  if (cpus === undefined) return {};
  const count = Number(cpus);
  if (Number.isInteger(count) && count >= 1 && count <= mostCpus) return { cpus: count };
  throw new UsageError(`--cpus ${String(cpus)} is not a number of processors`, `From 1 to ${mostCpus}.`);
}

async function upFromFile(context: VerbContext, options: VerbOptions): Promise<number> {
  const { path, text, fabric, findings } = readFabricFile(context);
  if (fabric) return bringUp(context, machinesOf(chosenHosts(fabric, context.global.host), path), options);
  printFindings(findings, { [path]: text }, { ...context.output, result: context.output.log });
  context.output.json(schema, { findings: findingsJson(findings) });
  return exitCodes.fileWrong;
}

/** The machines that `connect: lab:NAME` names, in the order of the file. */
function machinesOf(hosts: readonly FabricHost[], path: string): readonly string[] {
  const named = hosts.flatMap(({ connect }) => (connect.kind === 'lab' ? [connect.machine] : []));
  const machines = [...new Set<string>(named)];
  if (machines.length >= 1 && machines.length <= mostHosts) return machines;
  const count = machines.length === 0 ? 'no host' : `${machines.length} hosts`;
  const hint = `From 1 to ${mostHosts} hosts with connect: lab:NAME; without a file there are two, alpha and beta.`;
  throw new UsageError(`${path} has ${count} of the lab`, hint);
}

function bringUp(context: VerbContext, hosts: readonly string[], options: VerbOptions): Promise<number> {
  const bootTimeoutMs = durationMs('--within', String(options.within ?? '4m'));
  const size = { memoryMb: memoryOf(options), ...cpusOf(options) };
  return telling(context, schema, () =>
    interruptible(context, async () => {
      const lab = await labUp({
        dir: labFolder(context),
        hosts,
        ...size,
        onProgress: timedLog(context),
        serveSwitches: switchesArgv(),
        bootTimeoutMs,
        interruptible: true,
      });
      for (const { name } of lab.hosts)
        context.output.result(`${name} is up: vflane lab ssh ${name}, connect: lab:${name}`);
      return { hosts: lab.hosts.map(({ name, sshPort }) => ({ name, sshPort })), accel: lab.accel };
    }),
  );
}

export const down: VerbHandler = (context, _args, options) =>
  telling(context, 'vflane.lab-down/1', async () => {
    const { stopped } = await labDown({ dir: labFolder(context), purge: options.purge === true });
    context.output.result(stopped.length === 0 ? 'nothing was running' : `stopped ${stopped.join(', ')}`);
    return { stopped: [...stopped] };
  });

export const status: VerbHandler = (context) =>
  telling(context, 'vflane.lab-status/1', async () => {
    const lab = await labStatus({ dir: labFolder(context) });
    const { output } = context;
    if (lab.starting) output.result('on its way up, or cut short on it');
    for (const host of lab.hosts) output.result(hostLine(host));
    output.result(`switches: ${switchesLine(lab)}`);
    const hosts = lab.hosts.map(({ name, state, why, sshPort, cables }) => {
      return { name, state, why, sshPort, cables: [cables[0], cables[1]] };
    });
    return { hosts, switches: lab.switches, switch: lab.switch, starting: lab.starting };
  });

function switchesLine({ hosts, switches, switch: of }: LabStatus): string {
  if (of) return `A ${of.A}, B ${of.B}`;
  if (switches === 'up') return 'running, and do not answer';
  const missed = hosts.some(({ state }) => state !== 'stopped');
  return missed ? 'died, nothing passes; `vflane lab switch A alive` starts both' : switches;
}

function hostLine({ name, state, why, sshPort, cables }: HostStatus): string {
  const cut = ([0, 1] as const).filter((port) => cables[port] === 'cut').map((port) => `port ${port} cut`);
  return [`${name}: ${state}${why ? ` (${why})` : ''}, ssh on port ${sshPort}`, ...cut].join(', ');
}
