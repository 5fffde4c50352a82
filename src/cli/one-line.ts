import { printable } from '../fabric/grammar.ts';

/** A program's output, perhaps from somebody's guest, as one line for a terminal. */
export function oneLine(text: string): string {
  return printable(text.trim().replaceAll(/\s*\n\s*/g, '; '));
}
