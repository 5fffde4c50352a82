import type { Transcript } from '../host/transcript.ts';
import { aliasing, bareMac, bitsIn, macOfEui64, type Originals } from './aliases.ts';
import { type Identifier, replaceIdentifiers, type Words } from './identifiers.ts';
import { fittingKey } from './ip-aliases.ts';
import { type KnownNames, wordsIn } from './known-words.ts';
import { remaining } from './remaining.ts';
import { mapTexts } from './texts.ts';

/** Some identifier would have remained. */
export class NotScrubbed extends Error {
  override readonly name = 'NotScrubbed';
}

export interface Scrubbed {
  readonly transcript: Transcript;
  /** Scrubs any other value about this host in the same way. */
  value<Value>(value: Value): Value;
}

/**
 * A transcript of the same host that does not identify its owner. MAC and IP addresses, UUIDs, GUIDs, serial numbers, and
 * the names of hosts and users are replaced, each by the same alias everywhere. Names of guests, networks and netdevs,
 * PCI addresses and versions stay.
 * @param key a secret: with it the IP addresses can be recovered.
 * @throws NotScrubbed
 */
export function scrub(transcript: Transcript, names: KnownNames, key: string): Scrubbed {
  const words = wordsIn(transcript.entries, names);
  const identifiers = identifiersIn(transcript, words);
  const alias = aliasing(originalsOf(identifiers, words, key));
  const value = <Value>(one: Value): Value =>
    mapTexts(one, (text) => replaceIdentifiers(text, words, alias)) as Value;
  const { schema, vflane, by, kernel, time } = transcript;
  const replaced = { ...value(transcript), schema, vflane, by, kernel, time, scrubbed: true };
  const stayed = remaining(
    replaced,
    identifiers.filter((one) => alias(one) !== one.text),
  );
  if (stayed.length > 0)
    throw new NotScrubbed(`${stayed.length} identifiers would stay, such as a ${stayed[0]?.kind}`);
  return { transcript: replaced, value };
}

function identifiersIn(transcript: Transcript, words: Words): readonly Identifier[] {
  const found = new Map<string, Identifier>();
  const keep = (identifier: Identifier) => {
    found.set(`${identifier.kind} ${identifier.text}`, identifier);
    return identifier.text;
  };
  mapTexts(transcript, (text) => replaceIdentifiers(text, words, keep));
  return [...found.values()];
}

function originalsOf(identifiers: readonly Identifier[], words: Words, key: string): Originals {
  const of = (...kinds: readonly string[]) =>
    identifiers.flatMap(({ kind, text }) => (kinds.includes(kind) ? [text] : []));
  const addresses = of('ip', 'network').flatMap((text) => bitsIn(text.split('/')[0] ?? '') ?? []);
  const macs = [...of('mac').map(bareMac), ...addresses.flatMap((bits) => macOfEui64(bits) ?? [])];
  return {
    macs: new Set(macs),
    ids: new Set(of('id').map((text) => text.toLowerCase())),
    words,
    key: fittingKey(key, addresses),
  };
}
