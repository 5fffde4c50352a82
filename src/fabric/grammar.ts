/** A text of the file as it was read, or what is wrong with it. */
export type Read<T> = { readonly value: T } | Wrong;

export interface Wrong {
  /** A sentence, without the key's path. */
  readonly wrong: string;
  /** What to write instead. */
  readonly hint: string;
  /** Set when it is another kind of finding than the grammar's own. */
  readonly code?: string;
}

export function isWrong<T>(read: Read<T>): read is Wrong {
  return 'wrong' in read;
}

const longestQuote = 60;

/** Foreign text as it may stand in a message: quoted, short, and with nothing that moves a terminal's cursor. */
export function quoted(text: string): string {
  const short = text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
  return printable(JSON.stringify(short));
}

/** Every invisible character, as `\u001b`. */
export function printable(text: string): string {
  const visible = (char: string) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, visible);
}

/** `a, b or c`. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1);
  return last === undefined || words.length === 1
    ? (last ?? '')
    : `${words.slice(0, -1).join(', ')} or ${last}`;
}
