import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { throughShortPath } from './folder.ts';
import { withQmp } from './qmp.ts';

/** How the far side answers a command: with lines, or by hanging up. */
type Answers = Readonly<Record<string, readonly string[] | 'hang up'>>;

let root: string;
let dir: string;
let server: Server | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vflane-qmp-'));
  dir = join(root, 'a folder with a path too long for a socket '.repeat(3));
  mkdirSync(dir);
});
afterEach(() => {
  server?.close();
  rmSync(root, { recursive: true });
});

/** A QEMU that greets, and answers from a table. */
async function qemu(answers: Answers): Promise<void> {
  const listening = createServer((socket) => {
    socket.write('{"QMP": {"version": {}, "capabilities": []}}\r\n');
    socket.on('data', (data) => answer(socket, answers, data.toString()));
  });
  server = listening;
  await throughShortPath(dir, 'qmp.sock', (path) => {
    return new Promise<void>((resolve) => {
      listening.listen(path, resolve);
    });
  });
}

function answer(socket: Socket, answers: Answers, text: string): void {
  const { execute } = JSON.parse(text) as { execute: string };
  const lines = execute === 'qmp_capabilities' ? ['{"return": {}}'] : (answers[execute] ?? []);
  if (lines === 'hang up') socket.destroy();
  else for (const line of lines) socket.write(`${line}\r\n`);
}

const ask = (command: string) => withQmp(dir, 'qmp.sock', 200, (qmp) => qmp.execute(command));

describe('QMP', () => {
  it('returns the answer, whatever events come before it', async () => {
    await qemu({ 'query-status': ['{"event": "RESUME"}', '{"return": {"status": "running"}}'] });
    expect(await ask('query-status')).toEqual({ status: 'running' });
  });

  it('says what QEMU refused', async () => {
    await qemu({ cont: ['{"error": {"class": "GenericError", "desc": "no such thing"}}'] });
    await expect(ask('cont')).rejects.toMatchObject({
      code: 'LAB_QMP_FAILED',
      message: 'qmp.sock: cont: no such thing',
    });
  });

  it('does not wait forever', async () => {
    await qemu({});
    await expect(ask('stop')).rejects.toThrow('no answer from QEMU within 200 ms');
  });

  it('says that QEMU hung up, or is not there', async () => {
    const absent = { code: 'LAB_QMP_FAILED', message: expect.stringContaining('ENOENT') };
    await expect(ask('quit')).rejects.toMatchObject(absent);
    await qemu({ quit: 'hang up' });
    await expect(ask('quit')).rejects.toThrow('QEMU hung up');
  });
});
