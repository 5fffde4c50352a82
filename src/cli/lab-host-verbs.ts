import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { checkRuns, cutCable, joinCable } from '../lab/cable.ts';
import { LabError } from '../lab/errors.ts';
import { makeNetdevsimCard, mostVfs } from '../lab/netdevsim-card.ts';
import { powerCycle, rebootHost } from '../lab/power.ts';
import { labDestination } from '../lab/status.ts';
import type { VerbContext, VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { interruptible, labFolder, telling, timedLog } from './lab-telling.ts';
import { UsageError } from './usage-error.ts';

/** A shell on a host of the lab, or one command; exits as that does. */
export const ssh: VerbHandler = async (context, [host = '', ...command]) => {
  let code: number = exitCodes.asAsked;
  const answered = await telling(context, 'vflane.lab-ssh/1', async () => {
    const dir = resolve(labFolder(context));
    checkRuns(dir, host);
    code = await ended('ssh', [...labDestination(dir, host), ...remoteWords(command)]);
    return undefined;
  });
  return answered === exitCodes.asAsked ? code : answered;
};

/** A single word is a line for the host's shell, as with ssh; several are an argv, whose words a shell would split. */
export function remoteWords(command: readonly string[]): readonly string[] {
  if (command.length < 2) return command;
  return [command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')];
}

function ended(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit' });
  return new Promise((done, failed) => {
    child.once('error', (error) =>
      failed(new LabError('LAB_TOOL_MISSING', `ssh: ${error.message}`, 'apt-get install openssh-client')),
    );
    child.once('exit', (exit) => done(exit ?? exitCodes.failed));
  });
}

/** Pulls a cable of a host, or puts it back. */
export const cable: VerbHandler = async (context, [host = '', portWord, what]) => {
  let whole = true;
  const code = await telling(context, 'vflane.lab-cable/1', async () => {
    const { output } = context;
    const port = portWord === '1' ? 1 : 0;
    const isCut = what === 'cut';
    const change = isCut ? cutCable : joinCable;
    const { pf, trouble } = await change({ dir: labFolder(context), host, port });
    output.result(`${host} port ${port}: ${isCut ? 'cut, no carrier' : 'joined'}`);
    if (pf) output.result(pfLine(pf, isCut));
    whole = trouble === undefined;
    if (trouble) output.log(`the cable is ${isCut ? 'cut' : 'joined'}, but ${trouble}`);
    return { host, port, cable: isCut ? 'cut' : 'joined', pf, trouble };
  });
  return whole ? code : exitCodes.failed;
};

function pfLine(pf: string, isCut: boolean): string {
  return isCut
    ? `${pf} is down too: the emulated VFs do not see the carrier go, and they see that`
    : `${pf} is up again`;
}

/** Makes a netdevsim card on a host, until its next reboot. */
export const netdevsim: VerbHandler = (context, [host = ''], { vfs }) => {
  const most = vfs === undefined ? mostVfs : Number(vfs);
  if (!Number.isInteger(most) || most < 1 || most > mostVfs)
    throw new UsageError(`--vfs ${String(vfs)} is not a number of VFs`, `From 1 to ${mostVfs}.`);
  return telling(context, 'vflane.lab-netdevsim/1', async () => {
    const ports = await makeNetdevsimCard(labFolder(context), host, most);
    for (const { devlink, netdev, mode, vfs: has, maxVfs } of ports)
      context.output.result(`${devlink}: ${netdev}, ${mode}, ${has} of ${maxVfs} VFs`);
    context.output.log(
      'control plane only: its VFs have no PCI address and no netdev, and nothing carries packets',
    );
    return { host, ports: ports.map((port) => ({ ...port })) };
  });
};

export const reboot: VerbHandler = (context, [host = '']) =>
  restarting(context, 'vflane.lab-reboot/1', host, rebootHost);

export const cyclePower: VerbHandler = (context, [host = '']) =>
  restarting(context, 'vflane.lab-power-cycle/1', host, powerCycle);

function restarting(
  context: VerbContext,
  schema: string,
  host: string,
  how: typeof rebootHost,
): Promise<number> {
  return telling(context, schema, () =>
    interruptible(context, async () => {
      const began = performance.now();
      await how({ dir: labFolder(context), host, onProgress: timedLog(context), interruptible: true });
      const seconds = Math.round((performance.now() - began) / 100) / 10;
      context.output.result(`${host} answers again after ${seconds} s, with its disk and without its VFs`);
      return { host, seconds };
    }),
  );
}
