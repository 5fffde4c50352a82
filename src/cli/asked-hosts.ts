import { readConnect } from '../fabric/connect.ts';
import { printable } from '../fabric/grammar.ts';
import type { FabricHost } from '../model/fabric.ts';
import { asHostName, type HostName } from '../model/names.ts';
import type { VerbContext } from './context.ts';
import { readFabricFile } from './fabric-file.ts';
import { UsageError } from './usage-error.ts';
import { bareHost, nameOf } from './way.ts';

/** A host that need not be in a file, and its `connect` as it would be written into one. */
export interface AskedHost {
  readonly host: FabricHost;
  /** The value of its `connect`. */
  readonly connectText: string;
}

/**
 * Hosts as `init` and `import` take them: each a way (`root@alpha`, `local`, `sim:connectx5`), `NAME=WAY`, or the name
 * of a host in the file; by default this machine. Names are made unique.
 * @throws UsageError
 */
export function askedHosts(context: VerbContext, texts: readonly string[]): readonly AskedHost[] {
  const asked: AskedHost[] = [];
  for (const text of texts.length === 0 ? ['local'] : texts) {
    const one = askedHost(context, text);
    const taken = new Set<string>(asked.map(({ host }) => host.name));
    asked.push({ ...one, host: { ...one.host, name: unlike(one.host.name, taken) } });
  }
  return asked;
}

function askedHost(context: VerbContext, text: string): AskedHost {
  const [, named, way = text] = /^([^=:@/?]+)=(.*)$/s.exec(text) ?? [];
  const known = named === undefined ? ofTheFile(context, way) : undefined;
  if (known) return known;
  const read = readConnect(way);
  if ('wrong' in read) throw new UsageError(read.wrong, read.hint);
  const name = named === undefined ? nameOf(read.value) : asHostName(named);
  if (name === undefined) {
    const hint = 'A name has small letters, digits and "-": vflane init alpha=root@192.0.2.7.';
    throw new UsageError(`${JSON.stringify(printable(named ?? ''))} is not a name of a host`, hint);
  }
  return { host: bareHost(name, read.value), connectText: way };
}

/** A host that is already in the file is reached as the file says, and keeps its name. */
function ofTheFile(context: VerbContext, name: string): AskedHost | undefined {
  if (!/^[a-z0-9-]+$/.test(name)) return undefined;
  const { fabric, text } = readFabricFile(context);
  const host = fabric?.hosts.find((one) => one.name === name);
  if (!fabric || !host) return undefined;
  const { line = 1 } = fabric.source.places.get(`hosts.${name}.connect`) ?? {};
  const [, written] = /connect:\s*("[^"]*"|'[^']*'|[^\s,#}]+)/.exec(text.split('\n')[line - 1] ?? '') ?? [];
  return { host: bareHost(host.name, host.connect), connectText: (written ?? name).replace(/["']/g, '') };
}

function unlike(name: HostName, taken: ReadonlySet<string>): HostName {
  let number = 2;
  let unique: string = name;
  while (taken.has(unique)) unique = `${name}-${number++}`;
  return unique as HostName;
}
