import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { SwitchName } from './folder.ts';
import { pcapHeader, pcapRecord } from './pcap.ts';
import type { Switch } from './switch.ts';

/** A request to the switches: one line of JSON per connection. */
export type SwitchRequest =
  | { readonly ask: 'status' }
  | { readonly ask: 'set'; readonly of: SwitchName; readonly alive: boolean }
  /** Answered by a capture file that goes on until the client hangs up. */
  | { readonly ask: 'capture'; readonly of: SwitchName };

/** The answer to `status` and `set`, a line of JSON. */
export type SwitchesStatus = { readonly [name in SwitchName]: SwitchStatus };

export interface SwitchStatus {
  readonly alive: boolean;
  /** How many are plugged in: one for each host's port, and the cable to the other switch. */
  readonly ports: number;
}

type Switches = { readonly [name in SwitchName]: Switch };

/** How much a client may leave unread before it is cut off: a capture with holes would be taken for a complete one. */
const unreadBytes = 64 << 20;

/** Accepts requests on the unix socket `path`. */
export function listenForControl(switches: Switches, path: string): Promise<Server> {
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    let text = '';
    socket.setEncoding('utf8').on('error', () => socket.destroy());
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\n')) answer(switches, socket, text);
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}

function answer(switches: Switches, socket: Socket, text: string): void {
  const request = requestOf(text);
  if (request === undefined) return void socket.destroy();
  if (request.ask === 'set') switches[request.of].alive = request.alive;
  if (request.ask === 'capture') capture(switches[request.of], socket);
  else socket.end(`${JSON.stringify(statusOf(switches))}\n`);
}

function requestOf(text: string): SwitchRequest | undefined {
  try {
    const request = JSON.parse(text) as SwitchRequest;
    return request.ask === 'status' || request.of === 'A' || request.of === 'B' ? request : undefined;
  } catch {
    return undefined;
  }
}

function statusOf({ A, B }: Switches): SwitchesStatus {
  const of = ({ alive, ports }: Switch) => ({ alive, ports });
  return { A: of(A), B: of(B) };
}

function capture(of: Switch, socket: Socket): void {
  socket.write(pcapHeader());
  const stop = of.tap((frame) => {
    if (socket.writableLength > unreadBytes) socket.destroy();
    else socket.write(pcapRecord(frame, Date.now()));
  });
  socket.on('close', stop);
}
