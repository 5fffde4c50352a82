import * as z from 'zod/mini';
import { fabricShape } from './shape.ts';

/** The file's shape as a JSON Schema (draft 7) with descriptions, for editors. Rules that relate several places are not in it. */
export function fabricSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(fabricShape(), {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
  });
  return { $schema, $id: 'urn:vflane:fabric:1', title: 'vflane fabric', ...rest };
}
