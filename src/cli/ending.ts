import { printable } from '../fabric/grammar.ts';
import { finding } from '../model/catalogue.ts';
import { exitCodes } from './exit-codes.ts';
import { runProgram } from './program.ts';
import { UsageError } from './usage-error.ts';

/** Runs the command line and ends the process with what it earned. */
export async function toTheEnd(argv: readonly string[]): Promise<void> {
  process.on('uncaughtException', (error) => end(told(error)));
  const { env, stdout, stderr } = process;
  const code = await runProgram(argv, { env, cwd: process.cwd(), stdout, stderr }).catch(told);
  end(code);
}

/** Pipes are written in the background: what is under way goes out first. */
function end(code: number): void {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

/** Says once, at the edge, what nobody else has said. */
function told(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`vflane: ${printable(error.message)}\n    hint: ${printable(error.hint)}\n`);
    return exitCodes.usage;
  }
  const hint = 'run again with VFLANE_DEBUG=1 for the stack, and report it';
  const text = error instanceof Error ? error.message : String(error);
  const defect = finding('VF9000', {}, `this is a defect of vflane: ${printable(text)}`, hint);
  process.stderr.write(`vflane: ${defect.code}: ${defect.message} (${defect.hint})\n`);
  if (process.env.VFLANE_DEBUG === '1')
    process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`);
  return exitCodes.failed;
}
