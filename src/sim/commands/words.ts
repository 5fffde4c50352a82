import { Failure } from '../errno.ts';

/** The words of a command line, taken one by one, with iproute2's error messages (lib/utils.c). */
export class Words {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  get done(): boolean {
    return this.#at >= this.#words.length;
  }

  peek(): string | undefined {
    return this.#words[this.#at];
  }

  /** NEXT_ARG: it must exist. */
  next(): string {
    const word = this.#words[this.#at];
    if (word === undefined) throw new Failure(255, 'Command line is not complete. Try option "help"\n');
    this.#at += 1;
    return word;
  }

  /** Takes the word if it is this one. */
  take(word: string): boolean {
    if (this.peek() !== word) return false;
    this.#at += 1;
    return true;
  }

  rest(): readonly string[] {
    const words = this.#words.slice(this.#at);
    this.#at = this.#words.length;
    return words;
  }
}

/** invarg: iproute2's texts for it often end in a newline of their own. */
export function wrong(argument: string, why: string): Failure {
  return new Failure(255, `Error: argument "${argument}" is wrong: ${why}\n`);
}

export function unsigned(word: string, what: string): number {
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(word)) throw wrong(word, `Invalid "${what}" value\n`);
  const value = /^0\d+$/.test(word) ? Number.parseInt(word, 8) : Number(word);
  if (!Number.isSafeInteger(value) || value > 0xffffffff) throw wrong(word, `Invalid "${what}" value\n`);
  return value;
}

export function onOff(word: string, what: string): boolean {
  if (word === 'on' || word === 'off') return word === 'on';
  throw new Failure(1, `Error: argument of "${what}" must be one of "off", "on", not "${word}"\n`);
}

/** An Ethernet address, lower case. */
export function lladdr(word: string): string {
  const parts = word.split(':');
  const isHex = parts.every((part) => /^[0-9a-f]{1,2}$/i.test(part));
  if (!isHex) throw new Failure(1, `"${word}" is invalid lladdr.\n`);
  if (parts.length !== 6) {
    throw new Failure(1, `Invalid address length ${parts.length} - must be 6 bytes\n`);
  }
  return parts.map((part) => part.toLowerCase().padStart(2, '0')).join(':');
}

/** check_ifname: accepts what the kernel's dev_valid_name() does. */
export function ifname(word: string, what: string): string {
  const bad = word === '' || word.length > 15 || word === '.' || word === '..' || /[/\s:]/.test(word);
  if (bad) throw wrong(word, `"${what}" not a valid ifname`);
  return word;
}

/** get_index: a name in the table or its number. */
export function oneOf(word: string, table: readonly string[], complaint: string): string {
  const byNumber = /^\d+$/.test(word) ? table[Number(word)] : undefined;
  const found = byNumber ?? table.find((name) => name === word);
  if (found === undefined) throw wrong(word, complaint);
  return found;
}

/** A table's own entry for a typed word: `constructor` is not one. */
export function own<Value>(
  table: { readonly [key: string]: Value | undefined },
  word: string,
): Value | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
