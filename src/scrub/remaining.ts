import { bareMac } from './aliases.ts';
import type { Identifier } from './identifiers.ts';
import { allTexts } from './texts.ts';

/** Identifiers still in one of the value's texts, in any notation: found in another way than the one that replaced them. */
export function remaining(value: unknown, identifiers: readonly Identifier[]): readonly Identifier[] {
  const text = allTexts(value);
  const lower = text.toLowerCase();
  return identifiers.filter((identifier) =>
    identifier.kind === 'word'
      ? stands(withoutKeys(text), identifier.text)
      : notations(identifier).some((one) => stands(lower, one)),
  );
}

/** A key of JSON is a tool's own word. */
function withoutKeys(text: string): string {
  return text.replace(/"[^"\\]*"\s*:/g, ' ');
}

function notations({ kind, text }: Identifier): readonly string[] {
  const lower = text.toLowerCase();
  if (kind !== 'mac') return [lower];
  const digits = bareMac(text);
  const pairs = digits.match(/../g) ?? [];
  return [digits, pairs.join(':'), pairs.join('-'), (digits.match(/.{4}/g) ?? []).join('.')];
}

/** As a whole: 10.0.0.12 does not contain 10.0.0.1. */
function stands(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const [before, after] = [
      text.slice(Math.max(0, at - 2), at),
      text.slice(at + word.length, at + word.length + 2),
    ];
    if ((before === '0x' || !/[0-9a-z.:]$/i.test(before)) && !/^(?:[0-9a-z]|[.:][0-9a-f])/i.test(after))
      return true;
  }
  return false;
}
