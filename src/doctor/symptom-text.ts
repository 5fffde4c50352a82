import { type Ailment, titleOf } from './ailment.ts';
import { ailments } from './ailments.ts';
import { pairings } from './both-ends.ts';

/** A rule whose text is like what somebody saw. */
export interface Likely {
  readonly code: string;
  readonly title: string;
  /** 0 to 1. */
  readonly score: number;
  /** The most similar text of the kernel or a tool. */
  readonly text: string;
}

type Known = Pick<Ailment, 'code' | 'texts'>;

const known: readonly Known[] = [...ailments, ...pairings];

/** The rules with texts similar to this one, most similar first; of two that are equally similar, first the one that the host shows. */
export function likelyFor(symptom: string, found: readonly string[] = [], most = 6): readonly Likely[] {
  const asked = wordsOf(symptom);
  if (asked.length === 0) return [];
  const scored = known.flatMap((ailment) => {
    const best = bestText(ailment, symptom, asked);
    return best && best.score >= least ? [{ code: ailment.code, title: titleOf(ailment), ...best }] : [];
  });
  const weight = ({ code, score }: Likely) => score + (found.includes(code) ? shownCounts : 0);
  return scored.sort((a, b) => weight(b) - weight(a) || (a.code < b.code ? -1 : 1)).slice(0, most);
}

/** What the host shows outweighs a slightly more similar text. */
const shownCounts = 0.25;

/** Below this two texts share common words only. */
const least = 0.34;

function bestText(ailment: Known, symptom: string, asked: readonly string[]) {
  const texts = [...ailment.texts, titleOf(ailment)];
  const scored = texts.map((text, place) => {
    const likeness = scoreOf(symptom, asked, text);
    // A title is ours, not something that anybody has read on a screen.
    return { text, score: place < ailment.texts.length ? likeness : likeness * 0.8 };
  });
  return scored.sort((a, b) => b.score - a.score)[0];
}

function scoreOf(symptom: string, asked: readonly string[], text: string): number {
  const [said, known] = [flat(symptom), flat(text)];
  if (known.includes(said) || said.includes(known)) {
    const ratio = Math.min(said.length, known.length) / Math.max(said.length, known.length);
    return 0.7 + 0.3 * ratio;
  }
  const there = new Set(wordsOf(text));
  const weight = (words: readonly string[]) => words.reduce((sum, word) => sum + rarity(word), 0);
  const shared = [...new Set(asked)].filter((word) => there.has(word));
  return (0.7 * weight(shared)) / Math.max(1e-9, weight([...new Set(asked)]));
}

/** Punctuation and case differ from one copy to the next. */
function flat(text: string): string {
  return wordsOf(text).join(' ');
}

/** Addresses and numbers are specific to a host, and say nothing about the kind of trouble. */
function wordsOf(text: string): readonly string[] {
  const words = kept.get(text) ?? splitWords(text);
  if (kept.size < mostKept) kept.set(text, words);
  return words;
}

/** The rules' own texts are needed again and again. */
const kept = new Map<string, readonly string[]>();
const mostKept = 1000;

function splitWords(text: string): readonly string[] {
  return text
    .toLowerCase()
    .replace(/[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]/g, ' ')
    .split(/[^a-z0-9_]+/)
    .filter((word) => word.length > 1 && !/^\d+$/.test(word) && !common.has(word));
}

const common: ReadonlySet<string> = new Set(
  'the of to is it in on at an and or be no not for by with from this that error failed answers rtnetlink mlx5_core warning kernel'.split(
    ' ',
  ),
);

/** A word that occurs in few rules says more. */
let counts: ReadonlyMap<string, number> | undefined;

function rarity(word: string): number {
  counts ??= countWords();
  return 1 / (counts.get(word) ?? 1);
}

function countWords(): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { texts } of known)
    for (const word of new Set(texts.flatMap(wordsOf))) found.set(word, (found.get(word) ?? 0) + 1);
  return found;
}
