/** Values by resource and place. Two levels, because a key pasted together for each of 254 VFs costs more than the look-up. */
export type ByPlace<Value> = ReadonlyMap<string, ReadonlyMap<string, Value>>;

export interface AtPlace<Value> {
  readonly resource: string;
  readonly at: string;
  readonly value: Value;
}

/** Of two for one place, the later one counts. Resources stay in the order in which they first occur. */
export function byPlace<Value>(all: Iterable<AtPlace<Value>>): ByPlace<Value> {
  const map = new Map<string, Map<string, Value>>();
  for (const { resource, at, value } of all) ofKind(map, resource).set(at, value);
  return map;
}

export function ofKind<Value>(map: Map<string, Map<string, Value>>, resource: string): Map<string, Value> {
  let places = map.get(resource);
  if (places === undefined) {
    places = new Map();
    map.set(resource, places);
  }
  return places;
}

export function* eachPlace<Value>(map: ByPlace<Value>): Generator<AtPlace<Value>> {
  for (const [resource, places] of map) for (const [at, value] of places) yield { resource, at, value };
}
