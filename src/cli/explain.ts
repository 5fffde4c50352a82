import { nearest } from '../fabric/nearest.ts';
import { catalogue, explained } from '../model/catalogue.ts';
import type { CatalogueEntry } from '../model/finding.ts';
import type { VerbContext, VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { UsageError } from './usage-error.ts';

export const run: VerbHandler = async (context, [code]) => {
  const entries = code === undefined ? catalogue : [entryOf(code)];
  context.output.json('vflane.explain/1', { findings: entries.map((entry) => ({ ...entry })) });
  if (code === undefined) list(context);
  else for (const entry of entries) explain(entry, context);
  return exitCodes.asAsked;
};

function entryOf(code: string): CatalogueEntry {
  const entry = explained(code.toUpperCase());
  if (entry) return entry;
  const near = nearest(
    code.toUpperCase(),
    catalogue.map((known) => known.code),
  );
  const meant = near ? `did you mean ${near}? ` : '';
  throw new UsageError(
    `there is no finding ${JSON.stringify(code)}`,
    `${meant}vflane explain lists all codes`,
  );
}

function explain({ code, severity, title, explanation }: CatalogueEntry, { output }: VerbContext): void {
  output.result(`${output.paint('bold', code)} (${severity}): ${title}`);
  output.result('');
  for (const line of wrapped(explanation, Math.min(output.terminal.columns, 100))) output.result(line);
}

function list({ output }: VerbContext): void {
  for (const { code, severity, title } of catalogue) {
    output.result(`${output.paint('bold', code)}  ${severity.padEnd(7)}  ${title}`);
  }
}

/** Wraps words into lines of at most this many characters. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
