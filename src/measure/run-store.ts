import { readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { makeFolder, putFile } from '../host/durable-file.ts';
import { type BenchRun, runSchema } from './run-record.ts';
import { laterStamp } from './stamp.ts';

/** Stores one run on the operator's side: whatever happens, the folder has what was measured until then. */
export interface RunKeeper {
  /** `20261122T183000Z-seed`: sorts by time, and is a plain name. */
  readonly id: string;
  readonly folder: string;
  put(run: BenchRun): Promise<void>;
  /** Stores a tool's output, and returns its name in the folder. */
  putRaw(name: string, text: string): Promise<string>;
}

const runFile = 'run.json';

/** A run's own folder, sorted after all existing ones. */
export async function keepRun(folder: string, at: Date, suite: string): Promise<RunKeeper> {
  await makeFolder(folder, 0o755);
  const id = await newFolder(folder, at, suite);
  const own = join(folder, id);
  await makeFolder(join(own, 'raw'), 0o755);
  return {
    id,
    folder: own,
    put: (run) => putFile(join(own, runFile), `${JSON.stringify(run, null, 1)}\n`),
    putRaw: async (name, text) => {
      const file = `raw/${name}.gz`;
      await putFile(join(own, file), gzipSync(text));
      return file;
    },
  };
}

async function newFolder(folder: string, at: Date, suite: string): Promise<string> {
  for (;;) {
    const id = `${laterStamp(folderNames(folder), at)}-${suite}`;
    try {
      await mkdir(join(folder, id), { mode: 0o755 });
      return id;
    } catch (error) {
      // Somebody else has started one in the same second.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** A run that can no longer be read, or never was one. */
export interface Unreadable {
  readonly id: string;
  readonly why: string;
}

/** Every run in the folder, the oldest first. */
export function listRuns(folder: string): {
  readonly runs: readonly BenchRun[];
  readonly unreadable: readonly Unreadable[];
} {
  const runs: BenchRun[] = [];
  const unreadable: Unreadable[] = [];
  for (const id of folderNames(folder)) {
    const read = readRun(folder, id);
    if ('why' in read) unreadable.push(read);
    else runs.push(read);
  }
  return { runs, unreadable };
}

function folderNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

export function readRun(folder: string, id: string): BenchRun | Unreadable {
  try {
    const run = JSON.parse(readFileSync(join(folder, id, runFile), 'utf8')) as Partial<BenchRun>;
    const isRun = run.schema === runSchema && Array.isArray(run.turns) && run.id === id;
    return isRun ? (run as BenchRun) : { id, why: `${runFile} is not of ${runSchema}` };
  } catch (error) {
    return { id, why: error instanceof Error ? error.message : String(error) };
  }
}
