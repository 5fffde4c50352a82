import { HostError } from '../host/host.ts';
import type { FabricHost } from '../model/fabric.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Site } from './site.ts';

/** How many hosts are spoken to at once. */
const atOnce = 16;

/** What came of one host: a value, or why the host could not be asked. */
export type PerHost<Value> =
  | { readonly host: string; readonly value: Value }
  | { readonly host: string; readonly outcome: Outcome };

export type Connector = (host: FabricHost) => Promise<Site>;

/** Does the same on every host, some at a time; one that fails neither stops nor hides the others. Results in the hosts' order. */
export async function onEachHost<Value>(
  hosts: readonly FabricHost[],
  connect: Connector,
  work: (site: Site, host: FabricHost) => Promise<Value>,
): Promise<readonly PerHost<Value>[]> {
  const results: PerHost<Value>[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let place = next++; place < hosts.length; place = next++) {
      const host = hosts[place];
      if (host) results[place] = await onHost(host, connect, work);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, hosts.length) }, worker));
  return results;
}

async function onHost<Value>(
  host: FabricHost,
  connect: Connector,
  work: (site: Site, host: FabricHost) => Promise<Value>,
): Promise<PerHost<Value>> {
  let site: Site | undefined;
  try {
    site = await connect(host);
    return { host: host.name, value: await work(site, host) };
  } catch (error) {
    return { host: host.name, outcome: unreachable(error) };
  } finally {
    await site?.close().catch(() => {});
  }
}

/** @throws what is no trouble of the host's. */
function unreachable(error: unknown): Outcome {
  if (!(error instanceof HostError)) throw error;
  const { hint } = error.details as { readonly hint?: string };
  return {
    kind: 'unreachable',
    message: error.message,
    hint: hint ?? 'Is it up, and does `ssh` reach it by the same name?',
  };
}
