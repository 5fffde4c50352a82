import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseFabric } from '../../src/fabric/parse-fabric.ts';
import { parseTranscript, type Transcript } from '../../src/host/transcript.ts';
import { transcriptHost } from '../../src/host/transcript-host.ts';
import type { Fabric, FabricHost } from '../../src/model/fabric.ts';
import type { HostState } from '../../src/model/host-state.ts';
import { isUnseen } from '../../src/model/unseen.ts';
import { observe } from '../../src/observe/observe.ts';
import { type HostPlan, planFromFile } from '../../src/operate/plan-host.ts';
import { ledgerOf, sectionsOf } from '../../src/operate/replay.ts';
import type { Site } from '../../src/operate/site.ts';

const folder = resolve(import.meta.dirname, '../transcripts');
const ending = '.transcript.json';

export const transcriptNames: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith(ending))
  .map((name) => name.slice(0, -ending.length));

export const pathOf = (name: string, ending: string) => join(folder, `${name}.${ending}`);

export function transcriptOf(name: string): Transcript {
  return parseTranscript(readFileSync(pathOf(name, 'transcript.json'), 'utf8'));
}

/** The host in the file beside a transcript that has its name; undefined if no file was sent. */
export function fileOf(
  name: string,
  { host: named }: Pick<Transcript, 'host'>,
): { readonly fabric: Fabric; readonly host: FabricHost } | undefined {
  const path = pathOf(name, 'fabric.yaml');
  if (!existsSync(path)) return undefined;
  const { fabric, findings } = parseFabric(readFileSync(path, 'utf8'), 'fabric.yaml');
  const host = fabric?.hosts.find((one) => one.name === named);
  if (fabric && host) return { fabric, host };
  throw new Error(`${path}: no host ${named}; ${findings.map(({ message }) => message).join('; ')}`);
}

/** A recorded host: it can be looked at as it was, but not changed. */
export function transcriptSite(transcript: Transcript, unasked: string[]): Site {
  const told = (ask: readonly string[]) => unasked.push(ask.join(' '));
  const refuse = async () => {
    throw new Error(`${transcript.host} is a transcript: nothing can be done on it`);
  };
  return {
    name: transcript.host,
    reader: transcriptHost(transcript, told),
    fold: async () => ({ ledger: ledgerOf(transcript), history: [] }),
    program: async () => ({ command: [] }),
    plan: async () => undefined,
    hold: async () => {},
    carryOut: refuse,
    measure: refuse,
    close: async () => {},
  };
}

export interface Replayed {
  readonly state: HostState;
  readonly planned: HostPlan | undefined;
  /** Questions that were not asked when it was recorded. */
  readonly unasked: readonly string[];
}

export async function replay(name: string): Promise<Replayed> {
  const transcript = transcriptOf(name);
  const unasked: string[] = [];
  const site = transcriptSite(transcript, unasked);
  const state = await observe(site.reader, sectionsOf(transcript));
  const file = fileOf(name, transcript);
  const planned = file && (await planFromFile(site, file.fabric, file.host, { allowDisruption: false }));
  return { state, planned, unasked: [...new Set(unasked)].sort() };
}

/** `links: why` for each part of a state that could not be seen. */
export function unseenIn(value: unknown, at = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isUnseen(value)) return [`${at}: ${value.unseen}`];
  return Object.entries(value).flatMap(([key, one]) => unseenIn(one, at === '' ? key : `${at}.${key}`));
}
