import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HostError } from './host.ts';

/** Where a socket is: on this machine, or behind an OpenSSH destination. */
export interface SocketPlace {
  readonly host: string;
  readonly path: string;
  readonly ssh?: { readonly destination: string; readonly config?: string };
}

export interface OpenSocket {
  readonly socket: Socket;
  close(): Promise<void>;
}

/** How long ssh may take to set up the forwarding, in milliseconds. */
const openWithinMs = 15_000;

/** Connects to a unix socket of a host; over ssh, through a forwarding of its own (ssh(1), -L). @throws HostError */
export async function openSocket(place: SocketPlace): Promise<OpenSocket> {
  if (place.ssh === undefined) return { socket: await connected(place, place.path), close: async () => {} };
  return overSsh(place, place.ssh);
}

async function overSsh(
  place: SocketPlace,
  { destination, config }: NonNullable<SocketPlace['ssh']>,
): Promise<OpenSocket> {
  const folder = await mkdtemp(join(tmpdir(), 'vflane-'));
  const near = join(folder, 'socket');
  const forward = [
    '-o',
    'ExitOnForwardFailure=yes',
    '-o',
    'RemoteCommand=none',
    '-nNT',
    '-L',
    `${near}:${place.path}`,
  ];
  const words = [...forward, ...(config === undefined ? [] : ['-F', config]), '--', destination];
  const child = spawn('ssh', words, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.once('error', (error) => {
    said += error.message;
  });
  const close = async () => {
    child.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { socket: await whenOpen(place, near, () => said), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** ssh does not say when the forwarding is ready: retry until it is. */
async function whenOpen(place: SocketPlace, near: string, said: () => string): Promise<Socket> {
  const deadline = Date.now() + openWithinMs;
  for (;;) {
    try {
      return await connected(place, near);
    } catch (error) {
      if (Date.now() > deadline || said() !== '') throw said() === '' ? error : failed(place, said());
    }
    await sleep(100);
  }
}

function connected(place: SocketPlace, path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error: NodeJS.ErrnoException) => reject(failed(place, error.message, error.code)));
  });
}

function failed({ host, path }: SocketPlace, stderr: string, errno = 'EIO'): HostError {
  return new HostError({ kind: 'errno', errno, host, argv: ['connect', path], stderr });
}
