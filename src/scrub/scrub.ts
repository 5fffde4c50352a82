import type { Transcript } from '../host/transcript.ts';
import { aliasing, bareMac, bitsIn, macOfEui64, type Originals } from './aliases.ts';
import { type Identifier, replaceIdentifiers, type Words } from './identifiers.ts';
import { fittingKey } from './ip-aliases.ts';
import { type KnownNames, wordsIn } from './known-words.ts';
import { remaining } from './remaining.ts';
import { mapTexts } from './texts.ts';

/** Something of the original would have stayed. */
export class NotScrubbed extends Error {
  override readonly name = 'NotScrubbed';
}

export interface Scrubbed {
  readonly transcript: Transcript;
  /** The same for anything else that tells of this host. */
  value<Value>(value: Value): Value;
}

/**
 * A transcript that tells of the same host without saying whose it is. MAC and IP addresses, UUIDs, GUIDs, serial numbers,
 * and the names of hosts and users are replaced, each everywhere by the same. Names of guests, networks and netdevs, PCI
 * addresses and versions stay.
 * @param key a secret: who has it can find the IP addresses again.
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
