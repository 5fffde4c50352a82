import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Transport } from './agent-line.ts';

/** How much of stderr is kept: this many characters from its end. */
const saidLimit = 16_384;
/** How long a process may take to end when asked, and how long its stderr may stay open after it ended. */
const graceMs = 1_000;

/** A connection to an agent through the stdin and stdout of a child process, such as ssh. */
export function childTransport(child: ChildProcessWithoutNullStreams): Transport & { said(): string } {
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-saidLimit);
  });
  const ended = new Promise<string>((resolve) => {
    const end = (): void => resolve(said);
    child.on('error', (error) => resolve(`${said}${error.message}`));
    child.on('close', end);
    // A multiplexing ssh leaves a process behind that keeps stderr open.
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
