import { join } from 'node:path';
import { LabError, type LabErrorCode } from '../lab/errors.ts';
import { interrupt } from '../lab/interrupt.ts';
import { finding } from '../model/catalogue.ts';
import type { VerbContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { stateDir } from './fabric-file.ts';
import { printFindings } from './print-findings.ts';
import { selfArgv } from './this-host.ts';
import { findingsJson } from './validate.ts';

/** Where the lab of this folder is: beside the fabric file, as `connect: lab:NAME` looks for it. */
export function labFolder(context: VerbContext): string {
  return join(stateDir(context, context.global.file ?? join(context.cwd, 'fabric.yaml')), 'lab');
}

/** The argv of the lab's switches, except for their folder. */
export function switchesArgv(): readonly string[] {
  return [...selfArgv(), 'lab', 'serve-switches'];
}

/** The exit code of each error of the lab; `failed` for any other. */
const earned: { readonly [code in LabErrorCode]?: number } = {
  LAB_BAD_NAME: exitCodes.usage,
  LAB_TOOL_MISSING: exitCodes.preconditionsNotMet,
  LAB_ALREADY_UP: exitCodes.preconditionsNotMet,
  LAB_NOT_UP: exitCodes.preconditionsNotMet,
  LAB_NO_SPACE: exitCodes.preconditionsNotMet,
  LAB_FOLDER_UNUSABLE: exitCodes.preconditionsNotMet,
  LAB_IMAGE_GONE: exitCodes.preconditionsNotMet,
  LAB_NO_NETDEVSIM: exitCodes.preconditionsNotMet,
  LAB_BUSY: exitCodes.lockedOrStale,
  LAB_BOOT_TIMEOUT: exitCodes.unreachable,
};

/** Prints the result of `work` as JSON, if requested, and reports the lab's own errors, with a code. */
export async function telling(
  context: VerbContext,
  schema: string,
  work: () => Promise<Parameters<VerbContext['output']['json']>[1] | undefined>,
): Promise<number> {
  try {
    const value = await work();
    if (value !== undefined) context.output.json(schema, value);
    return exitCodes.asAsked;
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const found = finding('VF5001', { at: error.code }, error.message, error.hint);
    printFindings([found], {}, { ...context.output, result: context.output.log });
    context.output.json(schema, { findings: findingsJson([found]) });
    return earned[error.code] ?? exitCodes.failed;
  }
}

/** A line of progress, each with the time since the first. */
export function timedLog({ output }: VerbContext): (line: string) => void {
  const start = performance.now();
  return (line) => output.log(`${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s  ${line}`);
}

/** Ctrl-C, a hang-up and SIGTERM end `work` in good order; a second one ends the process at once. */
export async function interruptible<T>(context: VerbContext, work: () => Promise<T>): Promise<T> {
  let asked = false;
  const stop = () => {
    if (asked) process.exit(exitCodes.failed);
    asked = true;
    context.output.log('stopping, and taking down what was started; press Ctrl-C again to end at once');
    interrupt();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    return await work();
  } finally {
    for (const signal of signals) process.removeListener(signal, stop);
  }
}
