import type { HostReader } from '../host/host.ts';
import type { LinkState } from '../model/host-state.ts';
import { isUnseen } from '../model/unseen.ts';
import { seenOr } from './look.ts';

/** How many processes up from vflane's own sshd may be: shell, sudo, sudo's monitor, ssh session, and a few to spare. */
const generations = 10;

/**
 * The netdev whose address the operator's ssh session ends at, if there is one. `SSH_CONNECTION` is
 * "client port server port" (sshd(8)); sudo drops it, so the parent processes are checked too.
 */
export async function sessionNetdev(
  reader: HostReader,
  links: readonly LinkState[],
): Promise<string | undefined> {
  let pid: string | undefined = 'self';
  for (let generation = 0; generation < generations && pid !== undefined && pid !== '0'; generation++) {
    const server = serverAddress(await readText(reader, `/proc/${pid}/environ`));
    if (server !== undefined) return netdevWith(server, links);
    pid = parentOf(await readText(reader, `/proc/${pid}/stat`));
  }
  return undefined;
}

async function readText(reader: HostReader, path: string): Promise<string> {
  const text = await seenOr(() => reader.readFile(path));
  return text === undefined || isUnseen(text) ? '' : text;
}

function serverAddress(environ: string): string | undefined {
  const entry = environ.split('\0').find((line) => line.startsWith('SSH_CONNECTION='));
  return entry?.split(' ')[2];
}

/** Field 4 of proc_pid_stat(5), counted after the command's closing bracket. */
function parentOf(stat: string): string | undefined {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
}

function netdevWith(address: string, links: readonly LinkState[]): string | undefined {
  return links.find((link) => link.addresses.some((cidr) => cidr.slice(0, cidr.indexOf('/')) === address))
    ?.name;
}
