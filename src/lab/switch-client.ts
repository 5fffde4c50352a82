import { connect, type Socket } from 'node:net';
import { LabError } from './errors.ts';
import { labFiles, throughShortPath } from './folder.ts';
import { ownPid } from './process.ts';
import type { SwitchesStatus, SwitchRequest } from './switch-control.ts';

const answerMs = 5_000;

/** Whether the lab's switches run. */
export function switchesRun(dir: string): boolean {
  return ownPid(dir, labFiles.switchPid) !== undefined;
}

/** Sends a request to the switches of the lab in `dir` → their state after it. Throws LAB_NOT_UP, LAB_SWITCH_FAILED. */
export async function askSwitches(
  dir: string,
  request: Exclude<SwitchRequest, { ask: 'capture' }>,
): Promise<SwitchesStatus> {
  const text = await through(dir, request, (socket) => {
    let answer = '';
    socket.setEncoding('utf8').setTimeout(answerMs, () => socket.destroy());
    socket.on('data', (chunk: string) => {
      answer += chunk;
    });
    return new Promise<string>((resolve) => {
      socket.once('close', () => resolve(answer));
    });
  });
  if (!text.endsWith('\n')) throw failed('they do not answer');
  return JSON.parse(text) as SwitchesStatus;
}

/** Sends a request to the switches, and gives `use` the connection for the answer. */
export async function through<T>(
  dir: string,
  request: SwitchRequest,
  use: (socket: Socket) => Promise<T>,
): Promise<T> {
  if (!switchesRun(dir)) {
    throw new LabError(
      'LAB_NOT_UP',
      `the switches of the lab in ${dir} do not run`,
      '`vflane lab up`; under hosts that run, `vflane lab switch A alive` starts both',
    );
  }
  return throughShortPath(dir, labFiles.switchControl, async (path) => {
    const socket = connect(path);
    try {
      await connected(socket);
      const used = use(socket);
      socket.write(`${JSON.stringify(request)}\n`);
      return await used;
    } finally {
      socket.destroy();
    }
  });
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.on('error', (error) => reject(failed(error.message)));
  });
}

function failed(why: string): LabError {
  const message = `the lab's switches: ${why}`;
  return new LabError('LAB_SWITCH_FAILED', message, '`vflane lab down`, then `vflane lab up`');
}
