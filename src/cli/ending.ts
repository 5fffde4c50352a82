import { printable } from '../fabric/grammar.ts';
import { finding } from '../model/catalogue.ts';
import { exitCodes } from './exit-codes.ts';
import type { Surroundings } from './program.ts';
import { UsageError } from './usage-error.ts';

/** Does the work, and ends the process with its exit code. */
export async function toTheEnd(work: (around: Surroundings) => Promise<number>): Promise<void> {
  process.on('uncaughtException', (error) => end(reported(error)));
  const { env, stdout, stderr } = process;
  const code = await work({ env, cwd: process.cwd(), stdout, stderr }).catch(reported);
  end(code);
}

/** Pipes are written in the background: pending output is flushed first. */
function end(code: number): void {
  process.exitCode = code;
  process.stdout.write('', () => {
    const lost = unwritten();
    process.stderr.write(lost, () => process.exit(lost ? exitCodes.failed : code));
  });
}

/** A full disk must not pass for success; a reader who has left has got what they wanted. */
function unwritten(): string {
  const lost: NodeJS.ErrnoException | null = process.stdout.errored;
  return lost && lost.code !== 'EPIPE' ? `vflane: the result could not be written: ${lost.message}\n` : '';
}

/** Reports once, at the edge, what nobody else has reported. */
function reported(error: unknown): number {
  const { text, code } = endOf(error, process.env.VFLANE_DEBUG === '1');
  process.stderr.write(text);
  return code;
}

/** The message for an error that no verb has handled, and its exit code. */
export function endOf(error: unknown, debug: boolean): { readonly text: string; readonly code: number } {
  if (error instanceof UsageError) {
    const text = `vflane: ${printable(error.message)}\n    hint: ${printable(error.hint)}\n`;
    return { text, code: exitCodes.usage };
  }
  const said = error instanceof Error ? error.message : String(error);
  const { code, message } = finding('VF9000', {}, `this is a defect of vflane: ${printable(said)}`, '');
  const stack = debug && error instanceof Error ? `${error.stack}\n` : '';
  const hint = debug ? 'report it' : 'report it, with what VFLANE_DEBUG=1 adds';
  return { text: `vflane: ${code}: ${message} (${hint})\n${stack}`, code: exitCodes.failed };
}
