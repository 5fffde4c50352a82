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
 * A snapshot that is not this Node's, or not there, ends with 14 (Node.js, Process, Exit codes), one that is damaged with a
 * signal: then the program itself is started. Told nothing by a name, a shell has only its own words to read.
 */
const orPlain =
  '"$0" --snapshot-blob "$1" agent --boot; c=$?; ' +
  '[ $c -eq 14 ] || [ $c -gt 127 ] || exit $c; exec "$0" "$2" agent --boot';

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
    command: ['/bin/sh', '-c', orPlain, first, bootPlaces.snapshot, started],
    ...(isKept ? { program: sha } : {}),
    snapshot: {
      node: first,
      program: started,
      id: sha256(`${sha} ${first} ${process.version}`).slice(0, 16),
    },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
