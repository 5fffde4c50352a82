import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { didYouMean } from '../fabric/nearest.ts';
import { type Parsed, parseFabric } from '../fabric/parse-fabric.ts';
import { longestText } from '../fabric/text-findings.ts';
import { finding } from '../model/catalogue.ts';
import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { VerbContext } from './context.ts';
import { UsageError } from './usage-error.ts';

export interface FabricFile extends Parsed {
  /** The file's name, as the operator would write it. */
  readonly path: string;
  /** Empty if it cannot be read. */
  readonly text: string;
}

const here = 'fabric.yaml';
const onTheHost = '/etc/vflane/fabric.yaml';

function foundPath(context: VerbContext): string | undefined {
  return context.global.file ?? [here, onTheHost].find((name) => exists(resolve(context.cwd, name)));
}

/** The path of the file that `readFabricFile` reads; if there is none, of the one that might be here. */
export function fabricPath(context: VerbContext): string {
  return foundPath(context) ?? here;
}

/** The requested file (`-f`, else `fabric.yaml` here, else the host's own), read and parsed. */
export function readFabricFile(context: VerbContext): FabricFile {
  const path = foundPath(context);
  if (path === undefined)
    return unreadable(
      here,
      `there is neither ${here} here nor ${onTheHost}`,
      'write one (vflane init HOST -o fabric.yaml), or name it with -f FILE; show and doctor take a host without one: local, root@alpha',
    );
  try {
    return readAt(path, resolve(context.cwd, path));
  } catch (cause) {
    return unreadable(
      path,
      `the file cannot be read: ${reason(cause)}`,
      'see that it is there and readable, or name another with -f FILE',
    );
  }
}

function readAt(path: string, absolute: string): FabricFile {
  if (statSync(absolute).size > 4 * longestText) {
    return unreadable(path, 'the file is too large', 'split the fabric; a file may have 16 MiB');
  }
  const text = readFileSync(absolute).toString('utf8');
  return { path, text, ...parseFabric(text, path) };
}

function unreadable(path: string, message: string, hint: string): FabricFile {
  return { path, text: '', findings: [finding('VF1000', { file: path }, message, hint)] };
}

function exists(absolute: string): boolean {
  return statSync(absolute, { throwIfNoEntry: false }) !== undefined;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
};

function reason(cause: unknown): string {
  const { code = 'failed', message = '' } = cause as NodeJS.ErrnoException;
  return reasons[code] ?? `${code} ${message}`;
}

/** The hosts that `--host` selects, in the order of the file; without it, all. @throws UsageError */
export function chosenHosts(fabric: Fabric, names: readonly string[]): readonly FabricHost[] {
  const known = fabric.hosts.map((host) => host.name);
  for (const name of names) {
    if (known.some((host) => host === name)) continue;
    const hint = `${didYouMean(name, known)}hosts of the file: ${known.join(', ') || 'none'}`;
    throw new UsageError(`there is no host ${JSON.stringify(name)} in ${fabric.source.file}`, hint);
  }
  return names.length === 0 ? fabric.hosts : fabric.hosts.filter((host) => names.includes(host.name));
}

/** Where the operator's side keeps its state: `VFLANE_STATE_DIR`, else `.vflane` beside the file. Absolute. */
export function stateDir(context: VerbContext, file: string): string {
  const given = context.env.VFLANE_STATE_DIR;
  return given ? resolve(context.cwd, given) : join(dirname(resolve(context.cwd, file)), '.vflane');
}
