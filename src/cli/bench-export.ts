import { asCsv, asMarkdown } from '../measure/export-text.ts';
import { runJson } from './bench-progress.ts';
import { keptRuns, withRuns } from './bench-runs.ts';
import type { VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { UsageError } from './usage-error.ts';

const schema = 'vflane.bench-export/1';

/** Exports stored benchmarks: as the seed's table, for a spreadsheet, or whole. */
export const run: VerbHandler = async (context, names, options) => {
  const { output } = context;
  if (options.csv === true && options.markdown === true)
    throw new UsageError('--csv and --markdown are two forms', 'Ask for one of them.');
  const form = options.csv === true ? asCsv : asMarkdown;
  const chosen = names.length > 0 ? names : keptRuns(context).runs.map(({ id }) => id);
  return withRuns(context, schema, chosen, (...runs) => {
    const text = form(runs).trimEnd();
    if (text !== '') output.text(text);
    if (runs.length === 0) output.log('nothing is kept yet: vflane bench measures');
    output.json(schema, { runs: runs.map((one) => runJson(one)) });
    return exitCodes.asAsked;
  });
};
