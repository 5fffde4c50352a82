import { createHash } from 'node:crypto';
import type { HostReader } from '../host/host.ts';
import { bootPlaces, copies } from '../model/boot.ts';

/** How a host starts vflane by itself. */
export interface BootProgram {
  /** The words of the command, the program's path first. */
  readonly command: readonly string[];
  /** SHA-256 of the copy of vflane that is kept for it. */
  readonly program?: string;
}

const asBoot = ['agent', '--boot'];

/**
 * From how vflane was started there: one that was copied over ssh is kept under a name of its own, because the copies
 * make room for newer ones; one that is installed is started where it is.
 */
export async function bootProgramOf(reader: HostReader, self: readonly string[]): Promise<BootProgram> {
  const [first = '', file] = self;
  if (file === undefined)
    return { command: [first.startsWith('/') ? first : `/usr/bin/${first}`, ...asBoot] };
  const copied = copies.shaOf(file);
  if (copied === undefined && file !== bootPlaces.program) return { command: [first, file, ...asBoot] };
  const program = copied ?? sha256(await reader.readFile(file));
  return { command: [first, bootPlaces.program, ...asBoot], program };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
