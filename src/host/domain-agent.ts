import { HostError, type Ran } from './host.ts';

/** libvirt has the socket of a domain's agent to itself: it carries a command there for others (virsh(1), qemu-agent-command). */
const prefix = 'libvirt:';

/** What stands for the agent of a domain where the path of a socket would. */
export function agentOfDomain(domain: string): string {
  return `${prefix}${domain}`;
}

/** The domain that such a name is of; undefined for the path of a socket. */
export function domainOf(socket: string): string | undefined {
  const name = socket.startsWith(prefix) ? socket.slice(prefix.length) : '';
  return /^[a-z0-9][a-z0-9-]*$/.test(name) ? name : undefined;
}

type Run = (argv: readonly string[], timeoutMs: number) => Promise<Ran>;

/** One line to the agent of a domain → its answer, a line of JSON. @throws HostError, `timeout` where no agent answers in it */
export async function askDomain(run: Run, domain: string, line: string, timeoutMs: number): Promise<string> {
  const words = ['qemu-agent-command', '--timeout', `${Math.ceil(timeoutMs / 1000)}`, domain, line];
  try {
    // Longer than libvirt waits for the agent itself.
    const argv = ['virsh', '--connect=qemu:///system', ...words];
    return (await run(argv, timeoutMs + 5_000)).stdout.trim();
  } catch (error) {
    const refusal = error instanceof HostError ? refusalIn(error) : undefined;
    if (refusal === undefined) throw error;
    return JSON.stringify({ error: { class: 'GenericError', desc: refusal } });
  }
}

/** What the agent itself has said no to; undefined where libvirt did. @throws HostError */
function refusalIn(error: HostError): string | undefined {
  const { host, argv, stderr = '' } = error.details;
  // VIR_ERR_AGENT_UNRESPONSIVE (libvirt, src/util/virerror.c).
  if (/guest agent is not responding/i.test(stderr))
    throw new HostError({ kind: 'timeout', host, argv, stderr }, error);
  // src/qemu/qemu_agent.c, qemuAgentCheckError.
  return /unable to execute QEMU agent command '[^']*': (.*)/.exec(stderr)?.[1];
}

/** Each line after the one before was answered → the answers. */
export async function askInTurn(
  lines: readonly string[],
  ask: (line: string) => Promise<string>,
): Promise<readonly string[]> {
  const heard: string[] = [];
  for (const line of lines) heard.push(await ask(line));
  return heard;
}
