import { connect } from 'node:net';
import { HostError } from './host.ts';

/** Commands of QMP and of the guest agent that change nothing (qemu-qmp-ref(7), qemu-ga-ref(7)). */
const reads =
  /^(qmp_capabilities|query-[a-z-]+|guest-(ping|info|sync|sync-delimited|network-get-interfaces|get-osinfo|get-host-name))$/;

/** The guest's files that may be opened are those whose content its agent has no command for; open ones go by handle. */
const files = /^guest-file-(open|read|close)$/;
const readable = /^\/sys\/class\/net\/[\w.:-]+\/mtu$/;

interface Line {
  readonly execute?: unknown;
  readonly arguments?: { readonly path?: unknown; readonly mode?: unknown };
}

function readsFile({ execute, arguments: given }: Line): boolean {
  return execute !== 'guest-file-open' || (readable.test(`${given?.path}`) && given?.mode === 'r');
}

/** Whether a line for QMP or a guest agent is a command that only reads. */
export function isReadingLine(line: string): boolean {
  try {
    const asked = JSON.parse(line) as Line;
    const { execute } = asked;
    if (typeof execute !== 'string' || line.includes('\n')) return false;
    return reads.test(execute) || (files.test(execute) && readsFile(asked));
  } catch {
    return false;
  }
}

/** The longest answer, in bytes: someone inside a guest can send anything, endlessly. */
const limitBytes = 1024 * 1024;

/**
 * Sends lines to a unix socket, each once the one before has been answered with a JSON line that has `return` or `error`,
 * and returns every line that came. @throws HostError
 */
export function talkToSocket(
  host: string,
  path: string,
  lines: readonly string[],
  timeoutMs: number,
): Promise<readonly string[]> {
  const argv = ['ask', path, ...lines];
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const heard: string[] = [];
    let rest = '';
    let sent = 0;
    let bytes = 0;
    const end = (settle: () => void) => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };
    const fail = (details: Pick<HostError['details'], 'kind' | 'errno' | 'stderr'>, cause?: Error) =>
      end(() => reject(new HostError({ ...details, host, argv }, cause)));
    const timer = setTimeout(() => fail({ kind: 'timeout' }), timeoutMs);
    const sendNext = () => {
      const line = lines[sent];
      sent += 1;
      if (line === undefined) end(() => resolve(heard));
      else socket.write(`${line}\n`);
    };
    socket.once('connect', sendNext);
    socket.once('error', (error: NodeJS.ErrnoException) =>
      fail({ kind: 'errno', errno: error.code ?? 'EIO' }, error),
    );
    socket.once('close', () => fail({ kind: 'errno', errno: 'EPIPE', stderr: 'the other end closed it' }));
    socket.on('data', (data: Buffer) => {
      bytes += data.length;
      if (bytes > limitBytes) {
        fail({ kind: 'errno', errno: 'ENOBUFS', stderr: `it sends more than ${limitBytes} bytes` });
        return;
      }
      rest += data.toString('utf8');
      const whole = rest.split('\n');
      rest = whole.pop() ?? '';
      for (const line of whole) {
        heard.push(line);
        if (isReply(line)) sendNext();
      }
    });
  });
}

function isReply(line: string): boolean {
  try {
    const reply = JSON.parse(line) as object;
    return typeof reply === 'object' && reply !== null && ('return' in reply || 'error' in reply);
  } catch {
    return false;
  }
}
