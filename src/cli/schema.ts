import { fabricSchema } from '../fabric/json-schema.ts';
import type { Json } from '../model/json.ts';
import type { VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';

/** The schema itself, so that it can be written to a file; with `--json` like any other result. */
export const run: VerbHandler = async ({ output }) => {
  const schema = fabricSchema();
  output.text(JSON.stringify(schema, null, 2));
  output.json('vflane.schema/1', { jsonSchema: schema as Json });
  return exitCodes.asAsked;
};
