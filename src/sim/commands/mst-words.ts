import { Failure } from '../errno.ts';
import { cardOf } from '../functions.ts';
import type { SimState } from '../state.ts';
import { because, failed, type Program, telling } from './program.ts';

/** These tools print errors on stdout, too (4.21; common/compatibility and flint/subcommands.cpp, reportErr). */
export function onStdout(program: Program): Program {
  return (call) => {
    const { stdout, stderr, ...reply } = telling(
      (refusal) => failed(1, `-E- ${because(refusal)}\n`),
      () => program(call),
    );
    return { ...reply, stdout: stdout + stderr, stderr: '' };
  };
}

export interface MstWords {
  readonly flags: readonly string[];
  readonly values: ReadonlyMap<string, string>;
  readonly words: readonly string[];
}

/** Options with and without a value, and operands, in any order. */
export function mstWords(argv: readonly string[], withValue: readonly string[]): MstWords {
  const flags: string[] = [];
  const values = new Map<string, string>();
  const words: string[] = [];
  for (let place = 1; place < argv.length; place++) {
    const word = argv[place] ?? '';
    if (withValue.includes(word)) values.set(word, argv[++place] ?? '');
    else if (word.startsWith('-')) flags.push(word);
    else words.push(word);
  }
  return { flags, values, words };
}

/** The card at the given address, with or without its domain. @throws Failure if there is no such card, or no permission */
export function mstDevice(state: SimState, values: ReadonlyMap<string, string>): string {
  const named = values.get('-d') ?? values.get('--dev') ?? values.get('--device');
  if (named === undefined) throw new Failure(1, '-E- No device was specified.\n');
  if (state.uid !== 0) throw new Failure(1, `-E- Cannot open Device: ${named}. Permission denied\n`);
  const isOurs = cardOf(state).pfDriver === 'mlx5_core';
  const found = state.pfs.some(({ pci }) => pci === named || pci === `0000:${named}`);
  if (!isOurs || !found)
    throw new Failure(1, `-E- Cannot open Device: ${named}. No such file or directory\n`);
  return named;
}
