import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { join, type Port, Switch } from './switch.ts';
import { FrameReader, withLength } from './switch-frames.ts';
import { listen } from './switch-serve.ts';
import { poll } from './wait.ts';

const broadcast = 'ffffffffffff';
const [m1, m2, m3] = ['020000000001', '020000000002', '020000000003'];

function frame(to: string, from: string, vlan?: number): Buffer {
  const tag = vlan === undefined ? '' : `8100${vlan.toString(16).padStart(4, '0')}`;
  return Buffer.from(`${to}${from}${tag}0800${'00'.repeat(46)}`, 'hex');
}

function recorder(): Port & { readonly got: Buffer[] } {
  const got: Buffer[] = [];
  return { got, send: (one) => got.push(one) };
}

describe('a switch', () => {
  let wire: Switch;
  let ports: (Port & { readonly got: Buffer[] })[];
  const counts = () => ports.map((port) => port.got.length);
  const from = (index: number) => ports[index] ?? recorder();

  beforeEach(() => {
    wire = new Switch();
    ports = [recorder(), recorder(), recorder()];
    for (const port of ports) wire.plug(port);
  });

  it('floods frames to unknown addresses, and sends answers to one port', () => {
    wire.receive(from(0), frame(broadcast, m1), 0);
    expect(counts()).toEqual([0, 1, 1]);
    wire.receive(from(1), frame(m1, m2), 1);
    expect(counts()).toEqual([1, 1, 1]);
    wire.receive(from(0), frame(m2, m1), 2);
    expect(counts()).toEqual([1, 2, 1]);
  });

  it('follows an address to another port, and sends no frame back to its port', () => {
    wire.receive(from(0), frame(broadcast, m1), 0);
    wire.receive(from(1), frame(broadcast, m1), 1);
    wire.receive(from(2), frame(m1, m3), 2);
    expect(counts()).toEqual([1, 2, 2]);
    wire.receive(from(1), frame(m1, m2), 3);
    expect(counts()).toEqual([1, 2, 2]);
  });

  it('keeps VLANs apart', () => {
    wire.receive(from(0), frame(broadcast, m1, 40), 0);
    wire.receive(from(1), frame(m1, m2, 41), 1);
    expect(counts()).toEqual([1, 1, 2]);
  });

  it('forgets after five minutes, and at once when the cable is pulled', () => {
    wire.receive(from(0), frame(broadcast, m1), 0);
    wire.receive(from(1), frame(m1, m2), 300_001);
    expect(counts()).toEqual([1, 1, 2]);
    wire.receive(from(0), frame(broadcast, m1), 400_000);
    wire.unplug(from(0));
    wire.receive(from(1), frame(m1, m2), 400_001);
    expect(counts()).toEqual([1, 2, 4]);
  });

  it('drops what is not a frame, and frames from unknown ports', () => {
    wire.receive(from(0), Buffer.alloc(13), 0);
    wire.receive(recorder(), frame(broadcast, m1), 0);
    expect(counts()).toEqual([0, 0, 0]);
  });

  it('passes nothing while dead, and comes back with an empty table', () => {
    wire.receive(from(0), frame(broadcast, m1), 0);
    wire.alive = false;
    wire.receive(from(1), frame(m1, m2), 1);
    expect(counts()).toEqual([0, 1, 1]);
    wire.alive = true;
    wire.receive(from(1), frame(m1, m2), 2);
    expect(counts()).toEqual([1, 1, 2]);
  });

  it('shows each incoming frame once to a tap, until the tap ends; none while it is dead', () => {
    const seen: Buffer[] = [];
    const stop = wire.tap((one) => seen.push(one));
    wire.receive(from(0), frame(broadcast, m1, 40), 0);
    wire.alive = false;
    wire.receive(from(0), frame(broadcast, m1, 41), 1);
    wire.alive = true;
    stop();
    wire.receive(from(0), frame(broadcast, m1, 42), 2);
    expect(seen).toEqual([frame(broadcast, m1, 40)]);
  });

  it('passes frames over a cable to another switch, once', () => {
    const other = new Switch();
    const far = recorder();
    other.plug(far);
    join(wire, other, () => 0);
    wire.receive(from(0), frame(broadcast, m1), 0);
    other.receive(far, frame(m1, m2), 1);
    expect([...counts(), far.got.length]).toEqual([1, 1, 1, 1]);
  });
});

describe('frames on a stream', () => {
  const frames = [frame(broadcast, m1), Buffer.alloc(0), frame(m1, m2, 7)];
  const stream = Buffer.concat(frames.map(withLength));

  it('come out whole, however the stream is chunked', () => {
    for (let size = 1; size <= stream.length; size++) {
      const reader = new FrameReader();
      const got: Buffer[] = [];
      for (let at = 0; at < stream.length; at += size)
        got.push(...reader.push(stream.subarray(at, at + size)));
      expect(got).toEqual(frames);
    }
  });

  it('refuses a length that no frame has', () => {
    expect(() => new FrameReader().push(Buffer.from('ffffffff', 'hex'))).toThrow('4294967295 bytes');
  });
});

describe('a switch on a unix socket', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path(tmpdir(), 'vflane-switch-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('joins all that connect', async () => {
    const socketPath = path(folder, 's');
    const server = await listen(new Switch(), socketPath);
    const [a, b] = [await plugged(socketPath), await plugged(socketPath)];
    a.socket.write(withLength(frame(broadcast, m1)));
    await poll(2_000, 5, () => b.got.length > 0);
    b.socket.write(withLength(frame(m1, m2)));
    await poll(2_000, 5, () => a.got.length > 0);
    expect([a.got, b.got]).toEqual([[frame(m1, m2)], [frame(broadcast, m1)]]);
    for (const end of [a, b]) end.socket.destroy();
    server.close();
  });
});

/** A connection that the switch has plugged in, which shows only by a frame it passes: the switch itself answers nothing. */
async function plugged(socketPath: string): Promise<{ socket: Socket; got: Buffer[] }> {
  const got: Buffer[] = [];
  const reader = new FrameReader();
  const socket = connect(socketPath);
  socket.on('data', (chunk: Buffer) => got.push(...reader.push(chunk)));
  await new Promise((resolve) => {
    socket.once('connect', resolve);
  });
  return { socket, got };
}
