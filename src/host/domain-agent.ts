import { HostError, type Ran } from './host.ts';

/** libvirt keeps the socket of a domain's agent to itself, and passes on commands (virsh(1), qemu-agent-command). */
const prefix = 'libvirt:';

/** The name of a domain's agent, used in place of a socket's path. */
export function agentOfDomain(domain: string): string {
  return `${prefix}${domain}`;
}

/** The domain in such a name; undefined for the path of a socket. */
export function domainOf(socket: string): string | undefined {
  const name = socket.startsWith(prefix) ? socket.slice(prefix.length) : '';
  return /^[a-z0-9][a-z0-9-]*$/.test(name) ? name : undefined;
}

type Run = (argv: readonly string[], timeoutMs: number) => Promise<Ran>;

/** Sends a line to the agent of a domain → its answer, a line of JSON. @throws HostError, `timeout` if no agent answers */
export async function askDomain(run: Run, domain: string, line: string, timeoutMs: number): Promise<string> {
  const words = ['qemu-agent-command', '--timeout', `${Math.ceil(timeoutMs / 1000)}`, domain, line];
  try {
    // Longer than libvirt itself waits for the agent.
    const argv = ['virsh', '--connect=qemu:///system', ...words];
    return (await run(argv, timeoutMs + 5_000)).stdout.trim();
  } catch (error) {
    const refusal = error instanceof HostError ? refusalIn(error) : undefined;
    if (refusal === undefined) throw error;
    return JSON.stringify({ error: { class: 'GenericError', desc: refusal } });
  }
}

/** Why the agent refused; undefined if it was libvirt that refused. @throws HostError */
function refusalIn(error: HostError): string | undefined {
  const { host, argv, stderr = '' } = error.details;
  // VIR_ERR_AGENT_UNRESPONSIVE (libvirt, src/util/virerror.c).
  if (/guest agent is not responding/i.test(stderr))
    throw new HostError({ kind: 'timeout', host, argv, stderr }, error);
  // src/qemu/qemu_agent.c, qemuAgentCheckError.
  return /unable to execute QEMU agent command '[^']*': (.*)/.exec(stderr)?.[1];
}

/** Sends each line once the one before has been answered → the answers. */
export async function askInTurn(
  lines: readonly string[],
  ask: (line: string) => Promise<string>,
): Promise<readonly string[]> {
  const heard: string[] = [];
  for (const line of lines) heard.push(await ask(line));
  return heard;
}
