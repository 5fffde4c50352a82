import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { isReadingLine, talkToSocket } from './socket-talk.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-talk-'));
afterAll(() => rmSync(folder, { recursive: true }));
let server: Server | undefined;
afterEach(() => {
  server?.close();
  rmSync(join(folder, 'socket'), { force: true });
});

/** How QEMU's end answers each line; `undefined`: not at all. */
async function answering(answer: (line: string) => string | undefined, greeting = ''): Promise<string> {
  const path = join(folder, 'socket');
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (greeting !== '') socket.write(greeting);
    socket.on('data', (data) => {
      const said = answer(data.toString().trim());
      if (said !== undefined) socket.write(said);
    });
  });
  await new Promise<void>((resolve) => server?.listen(path, resolve));
  return path;
}

test('each line waits for the answer to the one before; greetings and events are returned too', async () => {
  const lines: string[] = [];
  const path = await answering((line) => {
    lines.push(line);
    return `{"event":"X"}\n{"return":${lines.length}}\n`;
  }, '{"QMP":{}}\n');
  const heard = await talkToSocket('alpha', path, ['{"execute":"a"}', '{"execute":"b"}'], 2_000);
  expect(lines).toEqual(['{"execute":"a"}', '{"execute":"b"}']);
  expect(heard).toEqual(['{"QMP":{}}', '{"event":"X"}', '{"return":1}', '{"event":"X"}', '{"return":2}']);
});

test('no answer is a timeout; no socket is an error with its errno', async () => {
  const path = await answering(() => undefined);
  await expect(talkToSocket('alpha', path, ['{"execute":"guest-ping"}'], 50)).rejects.toMatchObject({
    details: { kind: 'timeout' },
  });
  await expect(talkToSocket('alpha', `${path}-none`, [], 50)).rejects.toMatchObject({
    details: { errno: 'ENOENT' },
  });
});

test('an endless answer is cut off, in one line or in many', async () => {
  for (const line of ['x'.repeat(999), `${'{}'.repeat(400)}\n`]) {
    const path = await answering(() => line.repeat(2_000));
    await expect(talkToSocket('alpha', path, ['{"execute":"guest-ping"}'], 5_000)).rejects.toMatchObject({
      details: { errno: 'ENOBUFS', stderr: 'it sends more than 1048576 bytes' },
    });
    server?.close();
    rmSync(path, { force: true });
  }
});

test.each([
  ['{"execute":"query-status"}', true],
  ['{"execute":"guest-network-get-interfaces"}', true],
  ['{"execute":"guest-file-open","arguments":{"path":"/sys/class/net/storage/mtu","mode":"r"}}', true],
  ['{"execute":"guest-file-open","arguments":{"path":"/sys/class/net/storage/mtu","mode":"r+"}}', false],
  ['{"execute":"guest-file-open","arguments":{"path":"/etc/shadow","mode":"r"}}', false],
  ['{"execute":"guest-file-open"}', false],
  ['{"execute":"guest-file-read","arguments":{"handle":1000}}', true],
  ['{"execute":"guest-file-write","arguments":{"handle":1000}}', false],
  ['{"execute":"system_powerdown"}', false],
  ['{"execute":"guest-exec","arguments":{}}', false],
  ['{"execute":"query-status"}\n{"execute":"quit"}', false],
  ['quit', false],
])('%s only reads: %s', (line, only) => {
  expect(isReadingLine(line)).toBe(only);
});
