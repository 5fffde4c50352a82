import type { TranscriptEntry } from '../host/transcript.ts';
import type { LedgerEntry } from '../model/ledger.ts';
import type { Sections } from '../observe/observe.ts';
import { mapTexts } from '../scrub/texts.ts';

/** What stands for a text that cloud-init is given: the same everywhere, so that nothing differs that did not. */
const removed = '#cloud-config\n';
const inSeed = /^\/var\/lib\/vflane\/guests\/[^/]+\/seed\/user-data$/;
/** A public key says whose it is, and mostly whose machine's, too (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
const sshKey = /\b((?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]+) AAAA[A-Za-z0-9+/=]+(?: [^"\\\n]*)?/g;

/** Answers as they may be kept: what the operator has his guests do at their first start may hold any password. */
export function withoutUserData(
  entries: readonly TranscriptEntry[],
  { machines }: Sections,
): readonly TranscriptEntry[] {
  const files = new Set(machines?.userData);
  return entries.map((entry) => {
    const [kind, path = ''] = entry.ask;
    const isTheirs = kind === 'read' && typeof entry.answer === 'string';
    if (isTheirs && (files.has(path) || inSeed.test(path))) return { ...entry, answer: removed };
    return withoutKeys(entry);
  });
}

/** What the ledger remembers of a guest's seed is its texts. */
export function heldWithoutUserData(entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  return entries.map((entry) =>
    withoutKeys({ ...entry, value: withoutText(entry.value), was: withoutText(entry.was) }),
  );
}

function withoutText(value: LedgerEntry['value']): LedgerEntry['value'] {
  const isSeed = typeof value === 'object' && value !== null && !Array.isArray(value) && 'user-data' in value;
  return isSeed ? { ...value, 'user-data': removed } : value;
}

function withoutKeys<Value>(value: Value): Value {
  return mapTexts(value, (text) => text.replace(sshKey, '$1 removed')) as Value;
}
