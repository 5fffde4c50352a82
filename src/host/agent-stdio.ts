import { type AgentOptions, serveAgent } from './agent-server.ts';

/** Serves a host on this process's stdin and stdout until all is done, whatever becomes of the line meanwhile. */
export async function serveStdio(options: Omit<AgentOptions, 'input' | 'output'>): Promise<void> {
  // sshd's end, a closed terminal and a Ctrl-C are no reasons to leave a host half changed.
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGPIPE'] as const) process.on(signal, () => undefined);
  await serveAgent({ ...options, input: process.stdin, output: process.stdout });
}
