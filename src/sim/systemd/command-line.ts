import { partsOf, unescapeName } from './unit-name.ts';

/** One command of a unit (systemd.service(5), "Command lines"). */
export interface Command {
  /** `-`: its exit code does not count as a failure. */
  readonly mayFail: boolean;
  readonly argv: readonly string[];
}

export interface UnitContext {
  readonly unit: string;
  readonly host: string;
  readonly bootId: string;
  readonly release: string;
  readonly env: { readonly [name: string]: string };
}

/** systemd.unit(5), "Specifiers": those that hosts' units use. An unknown one stays as it is. */
export function withSpecifiers(
  text: string,
  context: Pick<UnitContext, 'unit' | 'host' | 'bootId' | 'release'>,
): string {
  if (!text.includes('%')) return text;
  const { prefix, instance, suffix } = partsOf(context.unit);
  const values: { readonly [letter: string]: string } = {
    '%': '%',
    n: context.unit,
    N: context.unit.slice(0, -suffix.length - 1),
    p: prefix,
    P: unescapeName(prefix),
    i: instance,
    I: unescapeName(instance),
    j: prefix.split('-').at(-1) ?? '',
    f: `/${unescapeName(instance === '' ? prefix : instance)}`,
    H: context.host,
    l: context.host.split('.')[0] ?? '',
    b: context.bootId.replaceAll('-', ''),
    v: context.release,
    t: '/run',
    S: '/var/lib',
    C: '/var/cache',
    L: '/var/log',
    E: '/etc',
    T: '/tmp',
    V: '/var/tmp',
    u: 'root',
    U: '0',
    h: '/root',
    s: '/bin/sh',
  };
  return text.replace(/%(.)/gs, (whole, letter: string) =>
    Object.hasOwn(values, letter) ? (values[letter] ?? '') : whole,
  );
}

/** The commands of one line, separated by ` ; `. Undefined if systemd refuses the line. */
export function commandsOf(line: string, context: UnitContext): readonly Command[] | undefined {
  const words = splitWords(line);
  if (words === undefined) return undefined;
  const commands: string[][] = [[]];
  for (const { text, bare } of words) {
    if (bare && text === ';') commands.push([]);
    else commands.at(-1)?.push(bare && text === '\\;' ? ';' : text);
  }
  const found = commands.filter((argv) => argv.length > 0).map((argv) => command(argv, context));
  return found.every((one) => one !== undefined) ? (found as readonly Command[]) : undefined;
}

function command([first = '', ...rest]: readonly string[], context: UnitContext): Command | undefined {
  const [, prefix = '', path = ''] = /^([-@:+!|]*)(.*)$/s.exec(first) ?? [];
  const plain = prefix.includes(':');
  const name = withSpecifiers(path, context);
  const args = rest.map((word) => withSpecifiers(word, context));
  const words = plain ? args : args.flatMap((word) => withVariables(word, context.env));
  // With `@`, the second word is the program's argv[0].
  if (name === '' || (!name.startsWith('/') && name.includes('/'))) return undefined;
  return { mayFail: prefix.includes('-'), argv: [name, ...(prefix.includes('@') ? words.slice(1) : words)] };
}

/** `$$`, `${A}` within a word, `$A` as a whole word (which may become several, or none). */
function withVariables(word: string, env: UnitContext['env']): readonly string[] {
  const value = (name: string) => (Object.hasOwn(env, name) ? (env[name] ?? '') : '');
  const whole = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(word)?.[1];
  if (whole !== undefined) return value(whole).split(/\s+/).filter(Boolean);
  return [
    word.replace(/\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$([A-Za-z_][A-Za-z0-9_]*)/g, (text, braced, bare) =>
      text === '$$' ? '$' : value(braced ?? bare),
    ),
  ];
}

interface Word {
  readonly text: string;
  /** Without quotes. */
  readonly bare: boolean;
}

const letters: { readonly [letter: string]: string } = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  s: ' ',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** extract_first_word() with EXTRACT_UNQUOTE and EXTRACT_CUNESCAPE; undefined for an open quote or an unknown escape. */
export function splitWords(line: string): readonly Word[] | undefined {
  const words: Word[] = [];
  let at = 0;
  while (at < line.length) {
    const gap = /^\s+/.exec(line.slice(at))?.[0].length ?? 0;
    at += gap;
    if (at >= line.length) break;
    const found = oneWord(line, at);
    if (found === undefined) return undefined;
    words.push(found.word);
    at = found.end;
  }
  return words;
}

function oneWord(line: string, start: number): { readonly word: Word; readonly end: number } | undefined {
  let text = '';
  let quote = '';
  let quoted = false;
  let at = start;
  for (; at < line.length; at += 1) {
    const character = line[at] ?? '';
    if (character === '\\') {
      const found = unescaped(line.slice(at + 1));
      if (found === undefined) return undefined;
      text += found.text;
      at += found.length;
    } else if (quote === '' && /\s/.test(character)) break;
    else if (quote === '' && (character === '"' || character === "'")) {
      quote = character;
      quoted = true;
    } else if (character === quote) quote = '';
    else text += character;
  }
  return quote === '' ? { word: { text, bare: !quoted }, end: at } : undefined;
}

/** `\;` alone is left to the splitting into commands. */
function unescaped(rest: string): { readonly text: string; readonly length: number } | undefined {
  if (/^;(\s|$)/.test(rest)) return { text: '\\;', length: 1 };
  const letter = rest[0] ?? '';
  if (Object.hasOwn(letters, letter)) return { text: letters[letter] ?? '', length: 1 };
  const hex = /^x([0-9a-fA-F]{2})|^u([0-9a-fA-F]{4})|^U([0-9a-fA-F]{8})/.exec(rest);
  const code = hex?.[1] ?? hex?.[2] ?? hex?.[3];
  if (hex && code !== undefined) return characterOf(Number.parseInt(code, 16), hex[0].length);
  const octal = /^[0-3][0-7]{2}/.exec(rest)?.[0];
  return octal === undefined ? undefined : characterOf(Number.parseInt(octal, 8), 3);
}

function characterOf(code: number, length: number) {
  return code === 0 || code > 0x10ffff ? undefined : { text: String.fromCodePoint(code), length };
}
