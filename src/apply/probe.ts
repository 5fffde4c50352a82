import { HostError, type HostReader } from '../host/host.ts';
import { type Json, sameJson } from '../model/json.ts';
import type { Unmet } from '../model/outcome.ts';
import type { Lookup, Probe, Text } from '../model/plan.ts';
import { WalkError, walkJson } from './json-walk.ts';
import { fill, type Look, lastPart, lookAt, lookupWords, resolve, textWords, Unresolved } from './resolve.ts';
import { CannotTell, holderOf } from './unused.ts';

/** `unseen`: it could not be looked at, which never counts as an answer. */
export interface Verdict extends Unmet {
  readonly kind: 'holds' | 'differs' | 'unseen';
}

interface Answer {
  readonly holds: boolean;
  readonly saw: string;
}

/** One round: every probe is answered from the same look, in which no question is asked twice. */
export async function probeAll(host: HostReader, probes: readonly Probe[]): Promise<readonly Verdict[]> {
  const round: Round = { look: lookAt(host), parsed: new Map() };
  const verdicts: Verdict[] = [];
  for (const probe of probes) verdicts.push(await probeOne(round, probe));
  return verdicts;
}

export function unmet(verdicts: readonly Verdict[]): readonly Unmet[] {
  return verdicts.filter((v) => v.kind !== 'holds').map(({ wanted, saw }) => ({ wanted, saw }));
}

interface Round {
  readonly look: Look;
  readonly parsed: Map<string, Json>;
}

async function probeOne(round: Round, probe: Probe): Promise<Verdict> {
  const wanted = probeWords(probe);
  try {
    const { holds, saw } = await answer(round, probe);
    return { kind: holds ? 'holds' : 'differs', wanted, saw };
  } catch (error) {
    if (!couldNotLook(error)) throw error;
    return { kind: 'unseen', wanted, saw: `could not look: ${error.message}` };
  }
}

function couldNotLook(error: unknown): error is Error {
  return [HostError, Unresolved, WalkError, CannotTell, NotJson].some((kind) => error instanceof kind);
}

class NotJson extends Error {}

async function answer(round: Round, probe: Probe): Promise<Answer> {
  const { look } = round;
  if ('read' in probe) return readIt(probe, await readTrimmed(look, await fill(look, probe.read)));
  if ('link' in probe) return sameText(await linkEnd(look, await fill(look, probe.link)), probe.is);
  if ('query' in probe) return queried(round, probe);
  if ('says' in probe) return sameText(await outputOf(look, probe.says), probe.is);
  const vf = await vfThere(look, probe.unused);
  const holder = vf === undefined ? undefined : await holderOf(look.reader, vf);
  return { holds: holder === undefined, saw: holder ?? 'unused' };
}

/** A VF that does not exist is used by nobody. */
async function vfThere(look: Look, vf: Lookup): Promise<string | undefined> {
  try {
    return await resolve(look, vf);
  } catch (error) {
    const { cause } = error as Error;
    if (cause instanceof HostError && cause.details.errno === 'ENOENT') return undefined;
    throw error;
  }
}

function readIt(probe: Extract<Probe, { read: unknown }>, saw: string): Answer {
  if ('is' in probe) return sameText(saw, probe.is);
  return { holds: saw.split('\n').includes(probe.has), saw: JSON.stringify(saw) };
}

function sameText(saw: string, wanted: string): Answer {
  return { holds: saw === wanted, saw: JSON.stringify(saw) };
}

async function readTrimmed(look: Look, path: string): Promise<string> {
  return (await look.reader.readFile(path)).trim();
}

async function linkEnd(look: Look, path: string): Promise<string> {
  try {
    return lastPart(await look.reader.readLink(path));
  } catch (error) {
    if (error instanceof HostError && error.details.errno === 'ENOENT') return '';
    throw error;
  }
}

async function queried(round: Round, probe: Extract<Probe, { query: unknown }>): Promise<Answer> {
  const argv: string[] = [];
  for (const word of probe.query) argv.push(await fill(round.look, word));
  const value = walkJson(await output(round, argv), probe.at) ?? null;
  return { holds: sameJson(value, probe.is), saw: value === null ? 'not there' : JSON.stringify(value) };
}

async function outputOf(look: Look, words: readonly Text[]): Promise<string> {
  const argv: string[] = [];
  for (const word of words) argv.push(await fill(look, word));
  return (await look.reader.query(argv)).stdout.trim();
}

async function output(round: Round, argv: readonly string[]): Promise<Json> {
  const key = JSON.stringify(argv);
  const known = round.parsed.get(key);
  if (known !== undefined) return known;
  const parsed = parseOutput(argv, (await round.look.reader.query(argv)).stdout);
  round.parsed.set(key, parsed);
  return parsed;
}

// `ip -j netns list` prints nothing at all if there is none (iproute2, ipnetns.c).
function parseOutput(argv: readonly string[], stdout: string): Json {
  if (stdout.trim() === '') return null;
  try {
    return JSON.parse(stdout) as Json;
  } catch (cause) {
    throw new NotJson(`no JSON from ${argv.join(' ')}: ${stdout.slice(0, 80).trim()}`, { cause });
  }
}

/** What a probe wants, in words. */
function probeWords(probe: Probe): string {
  if ('read' in probe) {
    const words =
      'is' in probe ? `is ${JSON.stringify(probe.is)}` : `has the line ${JSON.stringify(probe.has)}`;
    return `${textWords(probe.read)} ${words}`;
  }
  if ('link' in probe) return `${textWords(probe.link)} points to ${JSON.stringify(probe.is)}`;
  if ('says' in probe) return `${probe.says.map(textWords).join(' ')} says ${JSON.stringify(probe.is)}`;
  if ('unused' in probe) return `${lookupWords(probe.unused)} is unused`;
  const wanted = probe.is === null ? 'is not there' : `is ${JSON.stringify(probe.is)}`;
  return `${[probe.query.map(textWords).join(' '), ...probe.at].join(' › ')} ${wanted}`;
}
