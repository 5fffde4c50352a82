import { createHash } from 'node:crypto';
import type { HostReader } from '../host/host.ts';
import { type BootSnapshot, bootPlaces, copies } from '../model/boot.ts';

/** How a host starts vflane by itself. */
export interface BootProgram {
  /** The words of the command, the program's path first. */
  readonly command: readonly string[];
  /** SHA-256 of the copy of vflane that is kept for this. */
  readonly program?: string;
  /** What its snapshot is made of. */
  readonly snapshot?: BootSnapshot;
}

const asBoot = ['agent', '--boot'];

/**
 * Node is a hundred megabytes, and a start touches pages all over it: read one by one, as they are needed, they take longer
 * than the whole file in large pieces (mm/filemap.c, MMAP_LOTSAMISS; mm/readahead.c). If the snapshot is another Node's, or
 * missing, Node exits with 14 (Node.js, Process, Exit codes); if it is damaged, with a signal: then the program itself is started.
 */
const script =
  'node=$0 snapshot=$1 program=$2; shift 2; for file do dd if="$file" of=/dev/null bs=4M 2>/dev/null; done; ' +
  '"$node" --snapshot-blob "$snapshot" agent --boot; code=$?; ' +
  '[ $code -eq 14 ] || [ $code -gt 127 ] || exit $code; exec "$node" "$program" agent --boot';

/**
 * Derived from how vflane was started there: a program that was copied over ssh is kept under a name of its own, because the copies
 * make room for newer ones; an installed one is started where it is.
 */
export async function bootProgramOf(reader: HostReader, self: readonly string[]): Promise<BootProgram> {
  const [first = '', file] = self;
  if (file === undefined)
    return { command: [first.startsWith('/') ? first : `/usr/bin/${first}`, ...asBoot] };
  const copied = copies.shaOf(file);
  const isKept = copied !== undefined || file === bootPlaces.program;
  const sha = copied ?? sha256(await reader.readFile(file));
  const started = isKept ? bootPlaces.program : file;
  return {
    command: [
      '/bin/sh',
      '-c',
      script,
      first,
      bootPlaces.snapshot,
      started,
      first,
      ...(await librariesOf(reader)),
    ],
    ...(isKept ? { program: sha } : {}),
    snapshot: {
      node: first,
      program: started,
      id: sha256(`${sha} ${first} ${process.version}`).slice(0, 16),
    },
  };
}

/** The large files that this very Node consists of, as distributions build it; ICU's data is left out: it is large, and little of it is needed. */
const codeOfNode = /^\S+ r-xp .* (\/\S*\/lib(?:node|icui18n|icuuc|crypto|stdc\+\+)\.so\S*)$/gm;

async function librariesOf(reader: HostReader): Promise<readonly string[]> {
  const maps = await reader.readFile('/proc/self/maps').catch(() => '');
  return [...new Set([...maps.matchAll(codeOfNode)].flatMap(([, path]) => path ?? []))];
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
