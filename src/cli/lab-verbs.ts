import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { LabError } from '../lab/errors.ts';
import { labDown, labHostNames, labUp } from '../lab/lab.ts';
import { labDestination, labStatus } from '../lab/status.ts';
import { serveSwitches } from '../lab/switch-serve.ts';
import { finding } from '../model/catalogue.ts';
import { selfArgv } from './connect.ts';
import type { VerbContext, VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { stateDir } from './fabric-file.ts';
import { printFindings } from './print-findings.ts';
import { UsageError } from './usage-error.ts';
import { findingsJson } from './validate.ts';

/** Where the lab of this folder is: beside the fabric file, as `connect: lab:NAME` looks for it. */
function labFolder(context: VerbContext): string {
  return join(stateDir(context, context.global.file ?? join(context.cwd, 'fabric.yaml')), 'lab');
}

/** Boots hosts, and says when all answer by ssh. */
export const up: VerbHandler = (context, _args, options) =>
  telling(context, 'vflane.lab-up/1', async () => {
    const count = options.hosts === undefined ? 2 : Number(options.hosts);
    if (!Number.isInteger(count) || count < 1 || count > 8) {
      throw new UsageError(`--hosts ${String(options.hosts)} is no number of hosts`, 'From 1 to 8.');
    }
    const onProgress = timed((line) => context.output.log(line));
    const serve = [...selfArgv(), 'lab', 'serve-switches'];
    const lab = await labUp({
      dir: labFolder(context),
      hosts: labHostNames(count),
      onProgress,
      serveSwitches: serve,
    });
    for (const { name } of lab.hosts)
      context.output.result(`${name} is up: vflane lab ssh ${name}, connect: lab:${name}`);
    return { hosts: lab.hosts.map(({ name, sshPort }) => ({ name, sshPort })), accel: lab.accel };
  });

/** Each line with the time since the first. */
function timed(tell: (line: string) => void): (line: string) => void {
  const start = performance.now();
  return (line) => tell(`${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s  ${line}`);
}

export const down: VerbHandler = (context, _args, options) =>
  telling(context, 'vflane.lab-down/1', async () => {
    const { stopped } = await labDown({ dir: labFolder(context), purge: options.purge === true });
    context.output.result(stopped.length === 0 ? 'nothing was running' : `stopped ${stopped.join(', ')}`);
    return { stopped: [...stopped] };
  });

export const status: VerbHandler = (context) =>
  telling(context, 'vflane.lab-status/1', async () => {
    const { hosts, switches } = await labStatus({ dir: labFolder(context) });
    for (const { name, state, sshPort } of hosts)
      context.output.result(`${name}: ${state}, ssh on port ${sshPort}`);
    context.output.result(`switches: ${switches}`);
    return { hosts: hosts.map(({ name, state, sshPort }) => ({ name, state, sshPort })), switches };
  });

/** A shell on a host of the lab, or one command; ends as that does. */
export const ssh: VerbHandler = async (context, [host = '', ...command]) => {
  let code: number = exitCodes.asAsked;
  const answered = await telling(context, 'vflane.lab-ssh/1', async () => {
    const child = spawn('ssh', [...labDestination(labFolder(context), host), ...command], {
      stdio: 'inherit',
    });
    code = await new Promise<number>((done, failed) => {
      child.once('error', failed);
      child.once('exit', (exit) => done(exit ?? exitCodes.failed));
    });
    return undefined;
  });
  return answered === exitCodes.asAsked ? code : answered;
};

/** The switches' own process. */
export const serve: VerbHandler = async (_context, [dir = '']) => {
  await serveSwitches(resolve(dir));
  return exitCodes.asAsked;
};

/** Says what the lab's own errors say, with a code. */
async function telling(
  context: VerbContext,
  schema: string,
  work: () => Promise<Parameters<VerbContext['output']['json']>[1] | undefined>,
): Promise<number> {
  try {
    const value = await work();
    if (value !== undefined) context.output.json(schema, value);
    return exitCodes.asAsked;
  } catch (error) {
    if (!isLabError(error)) throw error;
    const found = finding('VF5001', { at: error.code }, error.message, error.hint);
    printFindings([found], {}, { ...context.output, result: context.output.log });
    context.output.json(schema, { findings: findingsJson([found]) });
    return error.code === 'LAB_TOOL_MISSING' ? exitCodes.preconditionsNotMet : exitCodes.failed;
  }
}

function isLabError(error: unknown): error is LabError {
  return error instanceof Error && error.name === 'LabError';
}
