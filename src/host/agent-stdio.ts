import { type AgentOptions, serveAgent } from './agent-server.ts';

/** Serves a host on this process's stdin and stdout until all is done, whatever becomes of the line meanwhile. */
export async function serveStdio(options: Omit<AgentOptions, 'input' | 'output'>): Promise<void> {
  // sshd's end, a closed terminal and a Ctrl-C are no reasons to leave a host half changed.
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGPIPE'] as const) process.on(signal, () => undefined);
  unblock(process.stdout);
  await serveAgent({ ...options, input: process.stdin, output: process.stdout });
}

/** Node writes to a pipe synchronously on Linux: a line that is stalled, not cut, would stop all work (nodejs process I/O). */
function unblock(stream: object): void {
  const { _handle: handle } = stream as { readonly _handle?: { setBlocking?(blocking: boolean): void } };
  handle?.setBlocking?.(false);
}
