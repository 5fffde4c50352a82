import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { manualPages } from './manual-pages.ts';
import type { ManualTable } from './manual-table.ts';
import { UsageError } from './usage-error.ts';

/** Given the verbs, because their list names this one. */
export function manualOf(table: ManualTable): { readonly run: VerbHandler } {
  return {
    run: async ({ output, cwd }, [name], { out }) => {
      const pages = manualPages(table);
      const known = pages.map(({ file }) => file);
      const chosen = pages.filter(({ file }) => name === undefined || file === name);
      if (chosen.length === 0) throw new UsageError(`there is no page ${name}`, `Pages: ${known.join(', ')}`);
      if (typeof out === 'string') writePages(resolve(cwd, out), chosen);
      else for (const { file, text } of chosen) output.text(name === undefined ? file : text);
      output.json('vflane.manual/1', { pages: chosen.map(({ file, text }) => ({ file, text })) });
      return exitCodes.asAsked;
    },
  };
}

function writePages(folder: string, pages: ReturnType<typeof manualPages>): void {
  mkdirSync(folder, { recursive: true });
  for (const { file, text } of pages) writeFileSync(join(folder, file), text);
}
