import { readFold } from '../apply/fold.ts';
import { guestPrograms } from '../host/guest-programs.ts';
import { HostError } from '../host/host.ts';
import type { RunProgram } from '../host/program.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { agentOf } from './agent-of.ts';
import { longestMs, measureArgv, programsOf } from './measure-argv.ts';
import type { Measured, MeasureRequest, OnLine } from './measure-request.ts';
import { measureStdin } from './wire-argv.ts';
import type { Workshop } from './workshop.ts';

/** How many programs one vflane runs on a host at once. */
const mostAtOnce = 128;
let running = 0;

/** Runs one measuring program where the request says, and passes on its lines. It changes nothing, and so needs no lock. @throws WrongMeasure */
export async function measureOn(
  workshop: Workshop,
  request: MeasureRequest,
  onLine: OnLine,
  signal?: AbortSignal,
): Promise<Measured> {
  const argv = measureArgv(request, workshop.self);
  const stdin = measureStdin(request.program);
  const { programs } = workshop;
  const against =
    programs === undefined ? [carriesNothing(workshop)] : await standsAgainst(workshop, request);
  if (programs === undefined || against.length > 0) return { kind: 'refused', findings: against };
  const { place, program } = request;
  if (place.in === 'vm' && program.name === 'probe')
    return { kind: 'refused', findings: [needsNode(workshop, place.guest)] };
  const timeoutMs = Math.min(Math.max(1, request.timeoutMs), longestMs);
  return run(workshop, programsIn(workshop, request, programs), {
    argv,
    stdin,
    needs: programsOf(request.program),
    timeoutMs,
    onLine,
    ...(signal && { signal }),
  });
}

function programsIn({ host }: Workshop, { place }: MeasureRequest, programs: RunProgram): RunProgram {
  if (place.in !== 'vm') return programs;
  const { guest, manager } = place;
  return guestPrograms({ host: host.name, guest, socket: agentOf(guest, manager) });
}

async function run(
  { host }: Workshop,
  programs: RunProgram,
  asked: Parameters<RunProgram>[0],
): Promise<Measured> {
  running += 1;
  try {
    return { kind: 'ended', ...(await programs(asked)) };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const { kind, argv, host: where } = error.details;
    if (kind === 'missing') return { kind: 'refused', findings: [missing(host.name, where, argv[0] ?? '')] };
    if (kind !== 'refused') throw error;
    return { kind: 'refused', findings: [agentRefuses(host.name, error.message)] };
  } finally {
    running -= 1;
  }
}

async function standsAgainst(
  { host, store }: Workshop,
  { program }: MeasureRequest,
): Promise<readonly Finding[]> {
  if (running >= mostAtOnce) return [tooMany(host.name)];
  // Listening for changes measures nothing, and a plan under way may be just what one wants to hear about.
  if (program.name === 'probe' && program.role === 'changes') return [];
  const { open } = await readFold(store);
  if (open === undefined) return [];
  const bootId = (await host.readFile('/proc/sys/kernel/random/boot_id')).trim();
  if (open.bootId !== bootId) return [];
  return [
    finding(
      'VF3010',
      { host: host.name, at: open.id },
      `${host.name}: the plan ${open.id} (${open.verb}) is under way or was interrupted: what is measured now would say nothing`,
      'Wait until it ends; or go on with `vflane resume`, or back with `vflane rollback`.',
    ),
  ];
}

function carriesNothing({ host }: Workshop): Finding {
  return finding(
    'VF6000',
    { host: host.name },
    `${host.name}: a simulated host carries no packets: nothing was measured`,
    'Measure on hosts, or on the lab’s: `vflane lab up`.',
  );
}

function needsNode({ host }: Workshop, guest: string): Finding {
  return finding(
    'VF6003',
    { host: host.name, at: guest },
    `${host.name}: ${guest} is a VM: vflane’s own probe does not run in it`,
    'For round trips by ping: vflane bench --suite seed.',
  );
}

function agentRefuses(host: string, message: string): Finding {
  const hint =
    'Allow guest-exec and guest-file-* in the VM: qemu-ga’s --block-rpcs, or BLOCK_RPCS in /etc/sysconfig/qemu-ga.';
  return finding('VF6003', { host }, message, hint);
}

function tooMany(host: string): Finding {
  return finding(
    'VF6002',
    { host },
    `${host}: ${mostAtOnce} measuring programs run there already`,
    'Measure fewer pairs at once: --between A B, or --network N.',
  );
}

const packages: Readonly<Record<string, string>> = {
  iperf3: 'iperf3',
  ping: 'iputils-ping',
  tracepath: 'iputils-tracepath',
  taskset: 'util-linux',
};

/** @param where the host, or a VM on it */
function missing(host: string, where: string, program: string): Finding {
  const hint = packages[program] ? `apt-get install ${packages[program]}` : `Install ${program}.`;
  return finding('VF6001', { host, at: program }, `${where}: ${program} is not installed there`, hint);
}
