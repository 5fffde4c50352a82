import { HostError } from '../host/host.ts';
import type { FabricHost } from '../model/fabric.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Site } from './site.ts';

/** How many hosts are asked at once. */
const atOnce = 16;

/** The result for one host: a value, or why the host could not be asked. */
export interface PerHost<Value> {
  readonly host: string;
  readonly value?: Value;
  readonly trouble?: Outcome;
}

export type Connector = (host: FabricHost) => Promise<Site>;

/** Does the same on every host, several at a time; one that fails neither stops nor hides the others. Results are in the hosts' order. */
export async function onEachHost<Value>(
  hosts: readonly FabricHost[],
  connect: Connector,
  work: (site: Site, host: FabricHost) => Promise<Value>,
): Promise<readonly PerHost<Value>[]> {
  const results: PerHost<Value>[] = [];
  await tellEachHost(hosts, connect, work, (result) => results.push(result));
  return results;
}

/** The same, but each result is passed on as soon as its turn comes, in the hosts' order, and not kept: for a thousand hosts it would be gigabytes. */
export async function tellEachHost<Value>(
  hosts: readonly FabricHost[],
  connect: Connector,
  work: (site: Site, host: FabricHost) => Promise<Value>,
  tell: (result: PerHost<Value>) => void,
): Promise<void> {
  const telling = inTurn(tell);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let place = next++; place < hosts.length; place = next++) {
      const host = hosts[place];
      if (host) telling(place, await onHost(host, connect, work));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, hosts.length) }, worker));
}

/** Results come in any order, each once; they are passed on in order, from 0. */
function inTurn<Result>(tell: (result: Result) => void): (place: number, result: Result) => void {
  const waiting = new Map<number, Result>();
  let turn = 0;
  return (place, result) => {
    waiting.set(place, result);
    for (let due = waiting.get(turn); due !== undefined; due = waiting.get(turn)) {
      waiting.delete(turn);
      turn += 1;
      tell(due);
    }
  };
}

async function onHost<Value>(
  host: FabricHost,
  connect: Connector,
  work: (site: Site, host: FabricHost) => Promise<Value>,
): Promise<PerHost<Value>> {
  const { name } = host;
  let site: Site;
  try {
    site = await connect(host);
  } catch (error) {
    return { host: name, trouble: troubleOf(error, 'unreachable') };
  }
  try {
    return { host: name, value: await work(site, host) };
  } catch (error) {
    return { host: name, trouble: troubleOf(error, isLost(error) ? 'unreachable' : 'error') };
  }
}

function isLost(error: unknown): boolean {
  return error instanceof HostError && error.details.kind === 'lost';
}

const journalHint =
  'Keep a copy of /var/lib/vflane on the host before anything else. Where no backup helps, move the journal away, and `vflane import --adopt` takes over what is as the file has it; `vflane explain VF4003` says more.';

/** Errors of a host's own store; across an agent's line, only the name of the class is left. */
const storeTroubles: ReadonlyMap<string, string> = new Map([
  ['StoreDamaged', journalHint],
  ['JournalUnreadable', journalHint],
  ['StoreFailed', 'Make room below /var/lib/vflane on the host, or see that it can be written.'],
]);

/** @throws whatever is not the host's fault. */
function troubleOf(error: unknown, kind: 'unreachable' | 'error'): Outcome {
  if (!(error instanceof Error)) throw error;
  const hint =
    error instanceof HostError ? (error.details.hint ?? hints[kind]) : storeTroubles.get(error.name);
  if (hint === undefined) throw error;
  if (error instanceof HostError) return { kind, message: error.message, hint };
  return { kind: 'error', code: 'VF4003', message: error.message, hint };
}

const hints = {
  unreachable: 'Is the host up, and does `ssh` reach it by the same name?',
  error: 'The last words of the message are the host’s own.',
};
