import { printable } from '../fabric/grammar.ts';

/** What a program has said, perhaps in a guest that is somebody's, as a line for a terminal. */
export function oneLine(text: string): string {
  return printable(text.trim().replaceAll(/\s*\n\s*/g, '; '));
}
