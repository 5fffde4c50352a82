import { type AgentOptions, serveAgent } from './agent-server.ts';

/** Serves a host on this process's stdin and stdout until all work is done, even if the connection is lost meanwhile. */
export async function serveStdio(options: Omit<AgentOptions, 'input' | 'output'>): Promise<void> {
  // The end of sshd, a closed terminal or a Ctrl-C must not leave a host half changed.
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGPIPE'] as const) process.on(signal, () => undefined);
  await serveAgent({ ...options, input: process.stdin, output: process.stdout });
}
