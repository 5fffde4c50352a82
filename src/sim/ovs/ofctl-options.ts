import { Failure } from '../errno.ts';

export interface OfctlOptions {
  /** 0 is OpenFlow 1.0, 5 is 1.5. */
  readonly version: number;
  readonly stats: boolean;
  readonly names: boolean;
  readonly sort: boolean;
  readonly strict: boolean;
}

const flags = [
  '--strict',
  '--bundle',
  '--no-stats',
  '--stats',
  '--names',
  '--no-names',
  '--sort',
  '--rsort',
  '--readd',
  '--timestamp',
];

/** Options may stand anywhere. */
export function parseOptions(argv: readonly string[]): {
  readonly words: readonly string[];
  readonly options: OfctlOptions;
} {
  const words: string[] = [];
  const seen = new Set<string>();
  let version = 0;
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    const protocols = /^--protocols=(.*)$/.exec(word)?.[1] ?? /^-O(.+)$/.exec(word)?.[1];
    if (word === '-O') version = newest(argv[++at] ?? '');
    else if (protocols !== undefined) version = newest(protocols);
    else if (/^--timeout=\d+$/.test(word)) continue;
    else if (word === '-t') at += 1;
    else if (flags.includes(word)) seen.add(word);
    else if (word.startsWith('-') && word !== '-')
      throw new Failure(1, `ovs-ofctl: unrecognized option '${word}'\n`);
    else words.push(word);
  }
  const options = {
    version,
    stats: !seen.has('--no-stats'),
    names: seen.has('--names'),
    sort: seen.has('--sort'),
    strict: seen.has('--strict'),
  };
  return { words, options };
}

function newest(text: string): number {
  const versions = text.split(',').map((word) => {
    const minor = /^OpenFlow1([0-5])$/i.exec(word)?.[1];
    if (minor === undefined) throw new Failure(1, `ovs-ofctl: Unknown OpenFlow version: "${word}"\n`);
    return Number(minor);
  });
  return Math.max(0, ...versions);
}
