import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, putFile } from './durable-file.ts';
import { lockFile } from './file-lock.ts';
import { appendRecord, readJournal, repairJournal } from './journal.ts';
import { type HeldLock, type Store, StoreFailed } from './store.ts';
import { checkedName } from './store-text.ts';

/** A store in a folder, which is made on the first write. Readers need no lock; writers hold it. */
export function fileStore(folder: string): Store {
  return new FileStore(folder);
}

class FileStore implements Store {
  readonly #folder: string;
  readonly #journal: string;
  /** Writes wait for each other, so that no record lands inside another. */
  #last: Promise<unknown> = Promise.resolve();
  #repaired = false;

  constructor(folder: string) {
    this.#folder = folder;
    this.#journal = join(folder, 'journal');
  }

  records(): Promise<readonly string[]> {
    return this.#attempt('read', this.#journal, async () => (await readJournal(this.#journal)).records);
  }

  append(record: string): Promise<void> {
    return this.#inTurn(() => this.#attempt('append to', this.#journal, () => this.#append(record)));
  }

  put(name: string, text: string, as?: 'cache'): Promise<void> {
    const path = join(this.#folder, 'documents', checkedName(name));
    return this.#inTurn(() =>
      this.#attempt('write', path, async () => {
        await makeFolder(join(this.#folder, 'documents'), 0o700);
        await putFile(path, text, { mode: 0o600, isDurable: as !== 'cache' });
      }),
    );
  }

  get(name: string): Promise<string | undefined> {
    const path = join(this.#folder, 'documents', checkedName(name));
    return this.#attempt('read', path, async () => {
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    });
  }

  async lock(): Promise<() => Promise<void>> {
    const { sign, release } = await this.hold();
    try {
      await sign();
    } catch (error) {
      await release();
      throw error;
    }
    return release;
  }

  async hold(): Promise<HeldLock> {
    const path = join(this.#folder, 'lock');
    const { sign, release } = await this.#attempt('lock', path, async () => {
      await makeFolder(this.#folder, 0o700);
      // Another writer may have been killed in the middle of a write meanwhile.
      this.#repaired = false;
      return lockFile(path);
    });
    return { sign: () => this.#attempt('lock', path, sign), release };
  }

  async #append(record: string): Promise<void> {
    if (!this.#repaired) {
      await makeFolder(this.#folder, 0o700);
      await repairJournal(this.#journal);
      this.#repaired = true;
    }
    try {
      await appendRecord(this.#journal, record);
    } catch (error) {
      this.#repaired = false;
      throw error;
    }
  }

  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #attempt<Value>(verb: string, path: string, work: () => Promise<Value>): Promise<Value> {
    try {
      return await work();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      throw new StoreFailed(`cannot ${verb} ${path}: ${code}${hintOf(code)}`, { cause: error });
    }
  }
}

const hints: Readonly<Record<string, string>> = {
  ENOSPC: ': the disk is full; free some space; nothing of this was stored',
  EACCES: ': run as root, or name a folder of your own in VFLANE_STATE_DIR',
  EROFS: ': the file system is read-only',
};

function hintOf(code: string): string {
  return hints[code] ?? '';
}
