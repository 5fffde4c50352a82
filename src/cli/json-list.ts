import type { Json } from '../model/json.ts';

/** Writes one JSON object piece by piece, for results too long to hold in memory: its list comes first, one item per line. */
export interface JsonList {
  add(item: Json): void;
  /** The rest of the object, after its list. */
  end(rest: { readonly [key: string]: Json | undefined }): void;
}

/** Writes `{"schema":…,"KEY":[…],…}`. */
export function jsonList(write: (text: string) => void, schema: string, key: string): JsonList {
  let between = '\n';
  write(`{"schema":${JSON.stringify(schema)},${JSON.stringify(key)}:[`);
  return {
    add(item) {
      write(`${between}${JSON.stringify(item)}`);
      between = ',\n';
    },
    end(rest) {
      const more = JSON.stringify(rest).slice(1, -1);
      write(`\n]${more === '' ? '' : `,${more}`}}\n`);
    },
  };
}

/** Writes nothing. */
export const noList: JsonList = { add() {}, end() {} };
