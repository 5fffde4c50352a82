import type { HostReader } from '../host/host.ts';

interface Agent {
  readonly ask: NonNullable<HostReader['ask']>;
  readonly socket: string;
  readonly timeoutMs: number;
}

/** A number of a netdev's MTU has fewer digits. */
const mtuBytes = 16;

/**
 * MTUs by netdev, as a VM's own sysfs has them: its agent's list of netdevs has none (qemu-ga-ref(7)). An agent that may not open
 * files, such as Red Hat's, yields none.
 */
export async function mtusInVm(
  { ask, socket, timeoutMs }: Agent,
  netdevs: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  // The guest chooses its netdevs' names, which may not be valid.
  const names = netdevs.filter((name) => /^[\w.:-]{1,15}$/.test(name) && !/^\.+$/.test(name));
  const say = async (lines: readonly Command[]) => {
    const all = [{ execute: 'guest-sync', arguments: { id: 1 } }, ...lines];
    const heard = await ask(
      socket,
      all.map((line) => JSON.stringify(line)),
      timeoutMs,
    );
    return heard.map(returnIn).slice(-lines.length);
  };
  if (names.length === 0) return new Map();
  const opened = await say(names.map(open));
  const handles = names.flatMap((name, place) => {
    const handle = opened[place];
    return typeof handle === 'number' ? [{ name, handle }] : [];
  });
  if (handles.length === 0) return new Map();
  const said = await say(handles.flatMap(({ handle }) => [read(handle), close(handle)]));
  return new Map(handles.map(({ name }, place) => [name, mtuIn(said[2 * place])]));
}

interface Command {
  readonly execute: string;
  readonly arguments: { readonly [name: string]: string | number };
}

function open(netdev: string): Command {
  return { execute: 'guest-file-open', arguments: { path: `/sys/class/net/${netdev}/mtu`, mode: 'r' } };
}

function read(handle: number): Command {
  return { execute: 'guest-file-read', arguments: { handle, count: mtuBytes } };
}

function close(handle: number): Command {
  return { execute: 'guest-file-close', arguments: { handle } };
}

/** A line's return value; undefined for an error. @throws SyntaxError */
function returnIn(line: string): unknown {
  const value: unknown = JSON.parse(line);
  return typeof value === 'object' && value !== null && 'return' in value ? value.return : undefined;
}

function mtuIn(said: unknown): number {
  const text = typeof said === 'object' && said !== null && 'buf-b64' in said ? `${said['buf-b64']}` : '';
  return Number.parseInt(Buffer.from(text, 'base64').toString('latin1'), 10);
}
