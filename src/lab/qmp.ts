import { connect, type Socket } from 'node:net';
import { LabError } from './errors.ts';
import { throughShortPath } from './folder.ts';

/** A conversation with one QEMU (docs/interop/qmp-spec). */
export interface Qmp {
  execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
}

interface Reply {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
  readonly QMP?: unknown;
}

/** Connects to the QMP socket `name` in `dir`, and disconnects when `use` ends. Each answer has `timeoutMs`. */
export function withQmp<T>(
  dir: string,
  name: string,
  timeoutMs: number,
  use: (qmp: Qmp) => Promise<T>,
): Promise<T> {
  return throughShortPath(dir, name, async (path) => {
    const socket = connect(path);
    const next = replies(socket, name, timeoutMs);
    const execute = async (command: string, args?: Readonly<Record<string, unknown>>) => {
      socket.write(`${JSON.stringify({ execute: command, ...(args ? { arguments: args } : {}) })}\n`);
      const reply = await next();
      if (reply.error) throw failed(`${name}: ${command}: ${reply.error.desc}`);
      return reply.return;
    };
    try {
      await next();
      await execute('qmp_capabilities');
      return await use({ execute });
    } finally {
      socket.destroy();
    }
  });
}

/** A function that returns the next greeting or answer, and skips events. */
function replies(socket: Socket, name: string, timeoutMs: number): () => Promise<Reply> {
  const ready: Reply[] = [];
  let wake: () => void = () => {};
  let lost: Error | undefined;
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    ready.push(...lines.map((line) => JSON.parse(line) as Reply).filter(isReply));
    wake();
  });
  const lose = (why: string) => {
    lost ??= failed(`${name}: ${why}`);
    wake();
  };
  socket.on('error', (error) => lose(error.message)).on('close', () => lose('QEMU hung up'));
  return async () => {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const reply = ready.shift();
      if (reply) return reply;
      if (lost) throw lost;
      const left = end - performance.now();
      if (left <= 0) throw failed(`${name}: no answer from QEMU within ${timeoutMs} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
}

function isReply(line: Reply): boolean {
  return 'return' in line || 'error' in line || 'QMP' in line;
}

function failed(message: string): LabError {
  return new LabError('LAB_QMP_FAILED', message, '`vflane lab down`, then `vflane lab up`');
}
