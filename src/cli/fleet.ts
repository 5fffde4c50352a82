import type { Fabric, FabricHost } from '../model/fabric.ts';
import { type Connector, onEachHost, type PerHost, tellEachHost } from '../operate/hosts.ts';
import type { Site } from '../operate/site.ts';
import { connectorFor } from './connect.ts';
import type { VerbContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { chosenHosts, readFabricFile } from './fabric-file.ts';
import { printFindings } from './print-findings.ts';
import { findingsJson } from './validate.ts';

/** The hosts a verb is about, each connected to once. */
export interface Fleet {
  readonly fabric: Fabric;
  readonly hosts: readonly FabricHost[];
  /** The file's text, by its name, for excerpts. */
  readonly sources: Readonly<Record<string, string>>;
  onEach<Value>(
    work: (site: Site, host: FabricHost) => Promise<Value>,
    hosts?: readonly FabricHost[],
  ): Promise<readonly PerHost<Value>[]>;
  /** The next time this host is asked, it is connected to again. */
  leave(host: FabricHost): Promise<void>;
  /** For a verb that needs each host once: the host is released when its work is done, and reported in its turn. */
  tellEach<Value>(
    work: (site: Site, host: FabricHost) => Promise<Value>,
    tell: (result: PerHost<Value>) => void,
  ): Promise<void>;
}

/** Reads the file, does the verb's work on its hosts and releases them. A wrong file ends it with 3. */
export async function withFleet(
  context: VerbContext,
  schema: string,
  work: (fleet: Fleet) => Promise<number>,
): Promise<number> {
  const { path, text, fabric, findings } = readFabricFile(context);
  if (!fabric) {
    context.output.json(schema, { hosts: [], findings: findingsJson(findings) });
    printFindings(findings, { [path]: text }, context.output);
    return exitCodes.fileWrong;
  }
  const hosts = chosenHosts(fabric, context.global.host);
  const sites = new Map<string, Promise<Site>>();
  const connect = connectorFor(context, path);
  const connectOnce = onceAHost(connect, sites);
  const onEach: Fleet['onEach'] = (each, some = hosts) => onEachHost(some, connectOnce, each);
  const tellEach: Fleet['tellEach'] = (each, tell) => tellEachHost(hosts, connect, thenClose(each), tell);
  try {
    const leave: Fleet['leave'] = async ({ name }) => {
      const site = sites.get(name);
      sites.delete(name);
      if (site) await closeAll(new Map([[name, site]]));
    };
    return await work({ fabric, hosts, sources: { [path]: text }, onEach, leave, tellEach });
  } finally {
    await closeAll(sites);
  }
}

/** Hosts of the file that `--host` leaves out. */
export function unasked({ fabric, hosts }: Fleet): readonly string[] {
  return fabric.hosts.filter((host) => !hosts.includes(host)).map(({ name }) => name);
}

/** A site stays open from a plan to its apply: over ssh each is a session. */
function onceAHost(connect: Connector, sites: Map<string, Promise<Site>>): Connector {
  return (host) => {
    const known = sites.get(host.name) ?? connect(host);
    sites.set(host.name, known);
    return known;
  };
}

function thenClose<Value>(
  work: (site: Site, host: FabricHost) => Promise<Value>,
): (site: Site, host: FabricHost) => Promise<Value> {
  return async (site, host) => {
    try {
      return await work(site, host);
    } finally {
      await site.close();
    }
  };
}

async function closeAll(sites: ReadonlyMap<string, Promise<Site>>): Promise<void> {
  const close = async (site: Promise<Site>) => (await site).close();
  await Promise.allSettled([...sites.values()].map(close));
}
