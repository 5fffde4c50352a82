/** A ruleset cut into words; `;` and newlines end a statement. */
export interface Token {
  readonly text: string;
  readonly line: number;
  readonly column: number;
  readonly quoted: boolean;
}

export function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  text.split('\n').forEach((row, at) => {
    const line = row.replace(/#.*$/, '');
    for (const match of line.matchAll(/"([^"]*)"|[{};,]|!=|==|[^\s{};,"]+/g)) {
      const quoted = match[1] !== undefined;
      found.push({ text: match[1] ?? match[0], line: at + 1, column: match.index + 1, quoted });
    }
    found.push({ text: ';', line: at + 1, column: row.length + 1, quoted: false });
  });
  return found;
}

/** A mistake as nft prints it: the line, and the position in it. */
export class NftError extends Error {
  override readonly name = 'NftError';
  readonly token: Token | undefined;

  constructor(message: string, token?: Token) {
    super(message);
    this.token = token;
  }
}

export class Tokens {
  readonly #all: readonly Token[];
  #at = 0;

  constructor(all: readonly Token[]) {
    this.#all = all;
  }

  peek(): Token | undefined {
    return this.#all[this.#at];
  }

  /** Skips empty statements. */
  skipEnds(): void {
    while (this.peek()?.text === ';') this.#at += 1;
  }

  next(): Token {
    const token = this.#all[this.#at];
    if (!token) throw new NftError('syntax error, unexpected end of file', this.#all.at(-1));
    this.#at += 1;
    return token;
  }

  /** Takes the word if it is this one. */
  take(text: string): boolean {
    const token = this.peek();
    if (token?.quoted !== false || token.text !== text) return false;
    this.#at += 1;
    return true;
  }

  expect(text: string): void {
    const token = this.next();
    if (token.text !== text) throw unexpected(token);
  }

  get done(): boolean {
    this.skipEnds();
    return this.peek() === undefined;
  }
}

export function unexpected(token: Token): NftError {
  const what =
    token.text === ';' ? 'newline' : token.quoted || /^[\w.-]+$/.test(token.text) ? 'string' : token.text;
  return new NftError(`syntax error, unexpected ${what}`, token);
}
