import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Transport } from './agent-line.ts';

/** How much of what is said on stderr is kept, in characters from its end. */
const saidLimit = 16_384;
/** A process that is asked to end may take so long; and a stderr may stay open so long after its process ended. */
const graceMs = 1_000;

/** A line to an agent through the stdin and stdout of a process of ours, such as ssh. */
export function childTransport(child: ChildProcessWithoutNullStreams): Transport & { said(): string } {
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-saidLimit);
  });
  const ended = new Promise<string>((resolve) => {
    const end = (): void => resolve(said);
    child.on('error', (error) => resolve(`${said}${error.message}`));
    child.on('close', end);
    // A multiplexing ssh leaves a process behind that holds stderr.
    child.on('exit', () => setTimeout(end, graceMs).unref());
    child.stdout.on('end', () => setTimeout(end, graceMs).unref());
  });
  return { input: child.stdout, output: child.stdin, ended, said: () => said, cut: () => cut(child) };
}

function cut(child: ChildProcessWithoutNullStreams): void {
  child.stdin.destroy();
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
  child.once('exit', () => clearTimeout(kill));
  kill.unref();
  child.unref();
}
