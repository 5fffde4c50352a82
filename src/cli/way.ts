import { readConnect } from '../fabric/connect.ts';
import type { Connect, FabricHost } from '../model/fabric.ts';
import { asHostName, type HostName } from '../model/names.ts';
import type { VerbContext } from './context.ts';
import { readFabricFile } from './fabric-file.ts';
import { UsageError } from './usage-error.ts';

/**
 * A host that is given by its `connect:` value rather than by its name in the file; undefined for a name.
 * @throws UsageError
 */
export function hostOfWay(context: VerbContext, text: string): FabricHost | undefined {
  if (!/[@:]/.test(text) && (text !== 'local' || hasHost(context, text))) return undefined;
  const read = readConnect(text);
  if ('wrong' in read) throw new UsageError(read.wrong, read.hint);
  return bareHost(nameOf(read.value), read.value);
}

/** A host of which nothing is known but how to reach it. */
export function bareHost(name: HostName, connect: Connect): FabricHost {
  return {
    name,
    connect,
    datapath: 'legacy-vlan',
    nic: { kind: 'software' },
    vfs: 0,
    offload: 'off',
    guests: [],
  };
}

function hasHost(context: VerbContext, name: string): boolean {
  return readFabricFile(context).fabric?.hosts.some((host) => host.name === name) === true;
}

/** A host's name, derived from how it is reached. */
export function nameOf(connect: Connect): HostName {
  if (connect.kind === 'lab') return connect.machine;
  if (connect.kind !== 'ssh') return `this-${connect.kind === 'sim' ? 'simulation' : 'machine'}` as HostName;
  return asHostName(destinationHost(connect.destination)) ?? ('that-machine' as HostName);
}

/** `alpha` of `ssh://root@alpha.example.org:22`; of an address, all of it. */
export function destinationHost(destination: string): string {
  const host = destination
    .replace(/^ssh:\/\//, '')
    .replace(/^[^@]*@/, '')
    .replace(/(?<=^[^:]*|\]):\d+\/?$/, '');
  return /^[\d.]+$|:/.test(host) ? host : (host.split('.')[0] ?? '');
}
