import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { syncFolder } from './durable-file.ts';
import { StoreDamaged } from './store.ts';
import { checkedRecord } from './store-text.ts';

/** The records in a journal's bytes, and how many of the bytes they take; a crash tore whatever follows. */
export interface JournalText {
  readonly records: readonly string[];
  readonly wholeBytes: number;
}

const newline = 0x0a;

/** One record as a line: `crc32hex length json`; the length is in bytes, the checksum over the JSON. */
export function journalLine(record: string): Buffer {
  const body = Buffer.from(checkedRecord(record));
  return Buffer.concat([Buffer.from(`${sum(body)} ${body.length} `), body, Buffer.from('\n')]);
}

function sum(body: Buffer): string {
  return crc32(body).toString(16).padStart(8, '0');
}

/** @throws StoreDamaged if a bad record is not the last: a crash tears only the record being written */
export function parseJournal(bytes: Buffer, path: string): JournalText {
  const records: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(newline, at);
    const line = bytes.subarray(at, end < 0 ? bytes.length : end);
    const record = end < 0 ? undefined : recordOf(line);
    if (record === undefined) {
      const isLast = end < 0 || end + 1 === bytes.length;
      if (!isLast || holdsMore(line)) throw damaged(path, records.length + 1, at);
      break;
    }
    records.push(record);
    at = end + 1;
  }
  return { records, wholeBytes: at };
}

function headOf(line: Buffer): RegExpExecArray | null {
  return /^([0-9a-f]{8}) (\d{1,10}) /.exec(line.toString('latin1', 0, 20));
}

/** Longer than its own length says: two records whose newline was damaged, of which the first was durable. */
function holdsMore(line: Buffer): boolean {
  const head = headOf(line);
  return head !== null && line.length - head[0].length > Number(head[2]);
}

function recordOf(line: Buffer): string | undefined {
  const head = headOf(line);
  if (head === null) return undefined;
  const body = line.subarray(head[0].length);
  return body.length === Number(head[2]) && sum(body) === head[1] ? body.toString('utf8') : undefined;
}

function damaged(path: string, record: number, at: number): StoreDamaged {
  return new StoreDamaged(
    `${path}: record ${record} (byte ${at}) is damaged and others follow it: what was done on this host is unknown ` +
      `from here on; keep a copy of the file, restore it from a backup, or move it away and have the host observed again`,
  );
}

/** @throws StoreDamaged, NodeJS.ErrnoException */
export async function readJournal(path: string): Promise<JournalText> {
  return parseJournal(await bytesOf(path), path);
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** Cuts off a torn last record. @throws StoreDamaged, NodeJS.ErrnoException */
export async function repairJournal(path: string): Promise<void> {
  const { wholeBytes } = await readJournal(path);
  const file = await open(path, 'a', 0o600);
  try {
    if ((await file.stat()).size > wholeBytes) await file.truncate(wholeBytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
}

/** Durable once it returns; if the disk refuses, nothing of the record stays. @throws NodeJS.ErrnoException */
export async function appendRecord(path: string, record: string): Promise<void> {
  const line = journalLine(record);
  const file = await open(path, 'a', 0o600);
  try {
    await appendWhole(file, line);
  } finally {
    await file.close();
  }
}

async function appendWhole(file: FileHandle, line: Buffer): Promise<void> {
  const { size } = await file.stat();
  try {
    await file.appendFile(line);
    await file.sync();
  } catch (error) {
    // Best effort: whatever stays of the record is torn, and the next reader leaves it out.
    await file.truncate(size).catch(() => undefined);
    throw error;
  }
}
