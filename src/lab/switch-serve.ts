import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { labFiles } from './folder.ts';
import { join as joinSwitches, type Port, Switch } from './switch.ts';
import { listenForControl } from './switch-control.ts';
import { FrameReader, withLength } from './switch-frames.ts';

/** With more than this unsent, a port drops frames, as any switch does whose queue is full. */
const queueBytes = 4 << 20;

/** Serves the lab's two switches on the unix sockets in `dir` until SIGTERM; this is the child process's program. */
export async function serveSwitches(dir: string): Promise<void> {
  // Relative names stay below the 107 characters of a socket's path.
  process.chdir(dir);
  const [a, b] = [new Switch(), new Switch()];
  joinSwitches(a, b, () => performance.now());
  const servers = await Promise.all([
    listen(a, labFiles.switchA),
    listen(b, labFiles.switchB),
    listenForControl({ A: a, B: b }, labFiles.switchControl),
  ]);
  writeFileSync(labFiles.switchPid, `${process.pid}\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
  });
  for (const server of servers) server.close();
  process.exit(0);
}

/** Serves a switch on a unix socket: each connection is a port. */
export function listen(to: Switch, path: string): Promise<Server> {
  rmSync(path, { force: true });
  const server = createServer((socket) => plugIn(to, socket));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}

function plugIn(to: Switch, socket: Socket): void {
  const reader = new FrameReader();
  const port: Port = {
    send: (frame) => {
      if (socket.writableLength < queueBytes) socket.write(withLength(frame));
    },
  };
  to.plug(port);
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const frame of reader.push(chunk)) to.receive(port, frame, performance.now());
    } catch {
      socket.destroy();
    }
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => to.unplug(port));
}
