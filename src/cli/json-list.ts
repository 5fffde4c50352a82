import type { Json } from '../model/json.ts';

/** One JSON object written bit by bit, for results that are too long to be held: its list comes first, an item a line. */
export interface JsonList {
  add(item: Json): void;
  /** Everything else of the object, behind its list. */
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
