import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleProgram } from '../../tests/program.ts';
import { fileStore } from './file-store.ts';
import { memoryStore } from './memory-store.ts';
import type { Store } from './store.ts';
import { StoreLocked } from './store.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vflane-store-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const stores: readonly (readonly [string, () => Store])[] = [
  ['memory', memoryStore],
  ['file', () => fileStore(join(folder, 'var', 'lib'))],
];

describe.each(stores)('a %s store', (_, made) => {
  it('is empty at first', async () => {
    const store = made();
    expect(await store.records()).toEqual([]);
    expect(await store.get('ledger.json')).toBeUndefined();
  });

  it('keeps records in the order they were appended, without waiting for each', async () => {
    const store = made();
    const written = Array.from({ length: 20 }, (__, at) => `{"at":${at}}`);
    await Promise.all(written.map((record) => store.append(record)));
    expect(await store.records()).toEqual(written);
  });

  it('replaces a document as a whole', async () => {
    const store = made();
    await store.put('ledger.json', 'x'.repeat(100_000));
    await store.put('ledger.json', '{"größe":1}');
    expect(await store.get('ledger.json')).toBe('{"größe":1}');
  });

  it.each(['../x', 'a/b', '.hidden', '', '-x', 'A'])('takes no document named %j', async (name) => {
    await expect((async () => made().put(name, ''))()).rejects.toThrow("not a document's name");
    await expect((async () => made().get(name))()).rejects.toThrow("not a document's name");
  });

  it('has one writer, and another once the first has released it', async () => {
    const store = made();
    const unlock = await store.lock();
    await expect(store.lock()).rejects.toBeInstanceOf(StoreLocked);
    await unlock();
    await (await store.lock())();
  });
});

describe('a file store after a crash', () => {
  it('at any byte of an append gives the records before it, and the next record follows them', async () => {
    const journal = join(folder, 'journal');
    const first = fileStore(folder);
    for (const record of ['{"a":1}', '{"b":22}', '{"c":333}']) await first.append(record);
    const bytes = readFileSync(journal);
    const all = await first.records();
    for (let length = 0; length <= bytes.length; length += 1) {
      writeFileSync(journal, bytes.subarray(0, length));
      const store = fileStore(folder);
      const before = await store.records();
      expect(before).toEqual(all.slice(0, before.length));
      await store.append('{"next":1}');
      expect(await fileStore(folder).records()).toEqual([...before, '{"next":1}']);
    }
  });

  it('sees a journal that another writer tore between two of its own locks', async () => {
    const store = fileStore(folder);
    await (await store.lock())();
    await store.append('{"a":1}');
    await writeFile(
      join(folder, 'journal'),
      `${readFileSync(join(folder, 'journal'), 'utf8')}1234abcd 99 {"to`,
    );
    const unlock = await store.lock();
    await store.append('{"b":2}');
    await unlock();
    expect(await store.records()).toEqual(['{"a":1}', '{"b":2}']);
  });

  it('refuses to append to a journal that is damaged in the middle', async () => {
    const store = fileStore(folder);
    for (const record of ['{"a":1}', '{"b":2}']) await store.append(record);
    const text = readFileSync(join(folder, 'journal'), 'utf8');
    writeFileSync(join(folder, 'journal'), text.replace('"a":1', '"a":7'));
    await expect(fileStore(folder).append('{"c":3}')).rejects.toThrow('damaged');
    expect(readFileSync(join(folder, 'journal'), 'utf8')).not.toContain('"c"');
  });

  it('is readable only by its user', async () => {
    const store = fileStore(join(folder, 'state'));
    await store.put('plan.json', '{}');
    await store.append('{}');
    expect(statSync(join(folder, 'state')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'state', 'journal')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'state', 'documents', 'plan.json')).mode & 0o777).toBe(0o600);
  });
});

describe('a file store on a full disk', () => {
  it.skipIf(!canMount())(
    'says so and keeps nothing half (needs the right to mount a small tmpfs)',
    async () => {
      await mounted(folder, async () => {
        const store = fileStore(folder);
        await store.append('{"a":1}');
        const record = JSON.stringify('x'.repeat(1 << 20));
        await expect(store.append(record)).rejects.toThrow('ENOSPC: the disk is full');
        expect(await store.records()).toEqual(['{"a":1}']);
        await expect(store.put('plan.json', record)).rejects.toThrow('ENOSPC');
        expect(readdirSync(join(folder, 'documents'))).toEqual([]);
        await store.append('{"b":2}');
        expect(await fileStore(folder).records()).toEqual(['{"a":1}', '{"b":2}']);
      });
    },
  );

  it.skipIf(!canMount())(
    'that cannot even name who holds its lock says so, and is free again (needs the right to mount a small tmpfs)',
    async () => {
      await mounted(folder, async () => {
        const store = fileStore(folder);
        await (await store.lock())();
        // Fills the disk to the last page: the write ends when there is no more.
        spawnSync('dd', ['if=/dev/zero', `of=${join(folder, 'filler')}`, 'bs=4k']);
        const held = await store.hold?.();
        await expect(held?.sign()).rejects.toThrow(/cannot lock .*lock: ENOSPC: the disk is full/);
        await held?.release();
        await expect(store.lock()).rejects.toThrow('ENOSPC');
        rmSync(join(folder, 'filler'));
        await (await store.lock())();
      });
    },
  );

  it('names the file and the reason if the folder cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(fileStore(join(folder, 'file', 'state')).append('{}')).rejects.toThrow(
      /cannot append to .*journal: ENOTDIR/,
    );
  });
});

function canMount(): boolean {
  const at = mkdtempSync(join(tmpdir(), 'vflane-mount-'));
  const mounts = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', at]).status === 0;
  if (mounts) spawnSync('umount', ['-l', at]);
  rmSync(at, { recursive: true });
  return mounts;
}

async function mounted(at: string, work: () => Promise<void>): Promise<void> {
  await ran('mount', '-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', at);
  try {
    await work();
  } finally {
    await ran('umount', '-l', at);
  }
}

function ran(program: string, ...words: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    spawn(program, words, { stdio: 'inherit' }).on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(program)),
    );
  });
}

describe('two processes and one file store', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  /** A process that takes the lock, says so (or why not), and then lives on. */
  async function holder(): Promise<{ readonly child: ChildProcess; readonly said: string }> {
    const program = join(folder, 'holder.cjs');
    if (!existsSync(program)) bundleProgram(holderSource, program);
    const child = spawn(process.execPath, ['--expose-gc', program, folder, 'apply'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const [said] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return { child, said };
  }

  it('lock each other out, and the refused one says who holds it, with which command, since when', async () => {
    const { child, said } = await holder();
    expect(said).toBe('locked');
    await expect(fileStore(folder).lock()).rejects.toThrow(
      new RegExp(
        `^${folder}/lock is held by process ${child.pid} \\(vflane .*apply\\) since 20\\d\\d-.*; wait`,
      ),
    );
    expect((await holder()).said).toMatch(/^StoreLocked: /);
  });

  it('name a holder that is not vflane, whatever the last vflane left in the file', async () => {
    const path = join(folder, 'lock');
    await (await fileStore(folder).lock())();
    writeFileSync(path, '1 2026-01-01T00:00:00.000Z vflane apply\n');
    const child = spawn('flock', [path, 'sh', '-c', 'echo locked; sleep 20'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await once(createInterface({ input: child.stdout }), 'line');
    await expect(fileStore(folder).lock()).rejects.toThrow(
      new RegExp(`^${path} is held by process ${child.pid} \\(flock ${path} sh .*\\); wait`),
    );
  });

  it('leave no lock behind when they are killed, though their children live on', async () => {
    const { child } = await holder();
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await fileStore(folder).lock())();
  });
});

const holderSource = `
import { spawn } from 'node:child_process';
import { fileStore } from './src/host/file-store.ts';
fileStore(process.argv[2] ?? '').lock().then(
  () => {
    spawn('sleep', ['20'], { detached: true, stdio: 'ignore' });
    // Nobody keeps what would release it: that must not.
    setImmediate(() => {
      gc();
      setImmediate(() => console.log('locked'));
    });
    setInterval(() => undefined, 1000);
  },
  (error) => console.log(error.name + ': ' + error.message),
);
`;
