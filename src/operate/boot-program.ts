import { createHash } from 'node:crypto';
import type { HostReader } from '../host/host.ts';
import { type BootSnapshot, bootPlaces, copies } from '../model/boot.ts';

/** How a host starts vflane by itself. */
export interface BootProgram {
  /** The words of the command, the program's path first. */
  readonly command: readonly string[];
  /** SHA-256 of the copy of vflane that is kept for it. */
  readonly program?: string;
  /** What is made of it beforehand. */
  readonly snapshot?: BootSnapshot;
}

const asBoot = ['agent', '--boot'];

/**
 * Node is a hundred megabytes, of which a start takes pages from everywhere: one by one, as they are asked for, they take longer
 * than all of it in large pieces (mm/filemap.c, MMAP_LOTSAMISS; mm/readahead.c). A snapshot that is not this Node's, or not
 * there, ends with 14 (Node.js, Process, Exit codes), one that is damaged with a signal: then the program itself is started.
 */
const script =
  'node=$0 snapshot=$1 program=$2; shift 2; for file do dd if="$file" of=/dev/null bs=4M 2>/dev/null; done; ' +
  '"$node" --snapshot-blob "$snapshot" agent --boot; code=$?; ' +
  '[ $code -eq 14 ] || [ $code -gt 127 ] || exit $code; exec "$node" "$program" agent --boot';

/**
 * From how vflane was started there: one that was copied over ssh is kept under a name of its own, because the copies
 * make room for newer ones; one that is installed is started where it is.
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

/** The large ones of the files that this very Node is made of, as distributions build it; ICU's data are large, and few of them needed. */
const codeOfNode = /^\S+ r-xp .* (\/\S*\/lib(?:node|icui18n|icuuc|crypto|stdc\+\+)\.so\S*)$/gm;

async function librariesOf(reader: HostReader): Promise<readonly string[]> {
  const maps = await reader.readFile('/proc/self/maps').catch(() => '');
  return [...new Set([...maps.matchAll(codeOfNode)].flatMap(([, path]) => path ?? []))];
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
