/** Keys and list positions from the top of the file. */
export type KeyPath = readonly (string | number)[];

/** Where a value stands, as offsets into the text, whatever is done to the value itself. */
export interface Spot {
  /** Of the value. */
  readonly at: number;
  /** Of its key; of the value if it has none. */
  readonly keyAt: number;
  /** What a mapping or a list holds, in the order of the file. */
  readonly inner?: ReadonlyMap<string | number, Spot>;
}

export interface Place {
  readonly line: number;
  readonly col: number;
}

/** `hosts.alpha.nic[1]`; a key that is not a plain word is quoted. */
export function pathText(path: KeyPath): string {
  return path.map(segment).join('').replace(/^\./, '');
}

function segment(key: string | number): string {
  if (typeof key === 'number') return `[${key}]`;
  return /^[\w-]{1,64}$/.test(key) ? `.${key}` : `.${JSON.stringify(key.slice(0, 64))}`;
}

/** The inverse of `pathText`, for paths of plain words. */
export function pathOf(text: string): KeyPath {
  const keys = text.match(/[^.[\]]+|\[\d+\]/g) ?? [];
  return keys.map((key) => (key.startsWith('[') ? Number(key.slice(1, -1)) : key));
}

/** The spot of a path, or of the nearest thing above it that is there: what is missing is shown where it would stand. */
export function spotAt(root: Spot, path: KeyPath): Spot {
  let spot = root;
  for (const key of path) {
    const next = spot.inner?.get(key);
    if (!next) return spot;
    spot = next;
  }
  return spot;
}

/** A scalar is shown by its value, a mapping or a list by its key: a block's value begins on another line. */
export function shownAt(spot: Spot): number {
  return spot.inner ? spot.keyAt : spot.at;
}

/** Offsets → lines and columns, both from 1, columns in UTF-16 units. */
export function lineIndex(text: string): (offset: number) => Place {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return (offset) => {
    const within = Math.min(Math.max(offset, 0), text.length);
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= within) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, col: within - (starts[low] ?? 0) + 1 };
  };
}
