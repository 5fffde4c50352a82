import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CaptureLimits, copyCapture } from './capture.ts';
import { pcapHeader, pcapRecord } from './pcap.ts';
import { type Port, Switch } from './switch.ts';
import { listenForControl } from './switch-control.ts';
import { poll } from './wait.ts';

let folder: string;
let server: Server;
let sockets: Socket[];
let switches: { readonly A: Switch; readonly B: Switch };
const host: Port = { send: () => {} };
const frame = Buffer.from(`ffffffffffff02000000000181000028${'0800'}${'00'.repeat(46)}`, 'hex');

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vflane-control-'));
  switches = { A: new Switch(), B: new Switch() };
  switches.A.plug(host);
  sockets = [];
  server = await listenForControl(switches, join(folder, 's'));
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
  rmSync(folder, { recursive: true });
});

function asked(line: string): Socket {
  const socket = connect(join(folder, 's'));
  sockets.push(socket);
  socket.write(line);
  return socket;
}

async function answerTo(line: string): Promise<string> {
  let text = '';
  for await (const chunk of asked(line)) text += String(chunk);
  return text;
}

describe('the switches’ control', () => {
  it('kills one switch and leaves the other', async () => {
    const killed = await answerTo('{"ask":"set","of":"B","alive":false}\n');
    expect(JSON.parse(killed)).toEqual({ A: { alive: true, ports: 1 }, B: { alive: false, ports: 0 } });
    expect([switches.A.alive, switches.B.alive]).toEqual([true, false]);
    await answerTo('{"ask":"set","of":"B","alive":true}\n');
    expect(switches.B.alive).toBe(true);
  });

  it('hangs up on an invalid request, and goes on', async () => {
    for (const line of ['no json\n', '{"ask":"set","of":"C","alive":false}\n', 'null\n'])
      expect(await answerTo(line)).toBe('');
    expect(JSON.parse(await answerTo('{"ask":"status"}\n'))).toMatchObject({ A: { alive: true } });
  });
});

describe('a capture', () => {
  const usual: CaptureLimits = { ms: 10_000, frames: 1_000, bytes: 1e6 };

  /** Captures at A, while frames come in there, until the capture ends. */
  async function captured(limits: Partial<CaptureLimits>, signal?: AbortSignal) {
    const to = new PassThrough();
    const chunks: Buffer[] = [];
    to.on('data', (chunk: Buffer) => chunks.push(chunk));
    const coming = setInterval(() => switches.A.receive(host, frame, 0), 2);
    const socket = asked('{"ask":"capture","of":"A"}\n');
    const how = { to, limits: { ...usual, ...limits }, ...(signal ? { signal } : {}) };
    const done = await copyCapture(socket, how);
    clearInterval(coming);
    return { done, file: Buffer.concat(chunks) };
  }

  it('is a file of whole frames with their tags, and has no more than the limit', async () => {
    const { done, file } = await captured({ frames: 3 });
    expect(done).toEqual({ frames: 3, bytes: 3 * (16 + frame.length), ended: 'frames' });
    expect(file.subarray(0, 24)).toEqual(pcapHeader());
    expect(file.length).toBe(24 + done.bytes);
    for (let n = 0; n < 3; n++) {
      const at = 24 + n * (16 + frame.length);
      expect(file.subarray(at + 16, at + 16 + frame.length)).toEqual(frame);
    }
  });

  it('ends at its number of bytes, at its deadline, and on request', async () => {
    expect((await captured({ bytes: 200 })).done).toMatchObject({ ended: 'bytes', frames: 3 });
    expect((await captured({ ms: 30 })).done.ended).toBe('time');
    expect((await captured({}, AbortSignal.timeout(20))).done.ended).toBe('asked');
    await poll(2_000, 5, () => sockets.every((socket) => socket.readableFlowing === false));
  });

  it('says when the switches are gone', async () => {
    const ending = captured({});
    await poll(2_000, 5, () => sockets.length > 0);
    setTimeout(() => sockets[0]?.destroy(), 20);
    expect((await ending).done.ended).toBe('switch-gone');
  });

  it('keeps the time to the microsecond', () => {
    const record = pcapRecord(Buffer.from('ab'), 1_700_000_000_123.5);
    expect([record.readUInt32LE(0), record.readUInt32LE(4)]).toEqual([1_700_000_000, 123_500]);
  });
});
