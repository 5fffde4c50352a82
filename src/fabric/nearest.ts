/** Longer words are not compared: nobody mistypes them, and the cost grows with the square. */
const longestWord = 64;

/** The candidate that was probably meant; undefined if none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > longestWord) return undefined;
  let best: { readonly candidate: string; readonly steps: number } | undefined;
  for (const candidate of candidates) {
    const limit = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3));
    if (candidate === word || candidate.length > longestWord) continue;
    if (Math.abs(candidate.length - word.length) > limit) continue;
    const steps = distance(word.toLowerCase(), candidate.toLowerCase());
    if (steps <= limit && (!best || steps < best.steps)) best = { candidate, steps };
  }
  return best?.candidate;
}

/** Other names that people use for things here. */
const calledElsewhere: ReadonlyMap<string, string> = new Map([
  ...['vlan', 'vlan-id', 'vlanid', 'vni', 'tag'].map((word) => [word, 'id'] as const),
  ...['ip', 'ips', 'ipv4', 'addr', 'addresses'].map((word) => [word, 'address'] as const),
  ...['cidr', 'prefix', 'network'].map((word) => [word, 'subnet'] as const),
  ...['gw', 'router', 'default-gateway'].map((word) => [word, 'gateway'] as const),
  ...['card', 'pci-address', 'device'].map((word) => [word, 'nic'] as const),
  ...['num-vfs', 'numvfs', 'sriov', 'num-of-vfs'].map((word) => [word, 'vfs'] as const),
  ...['ssh', 'address', 'host', 'hostname'].map((word) => [word, 'connect'] as const),
  ...['vms', 'machines'].map((word) => [word, 'guests'] as const),
  ...['vcpus', 'cores'].map((word) => [word, 'cpus'] as const),
  ...['ram', 'mem'].map((word) => [word, 'memory'] as const),
  ...['image'].map((word) => [word, 'disk'] as const),
  ...['rate', 'bandwidth', 'max-tx-rate'].map((word) => [word, 'max-rate'] as const),
  ...['type', 'mode'].map((word) => [word, 'datapath'] as const),
]);

/** `did you mean "x"? ` to put before a hint, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const known = [...candidates];
  const elsewhere = calledElsewhere.get(word.toLowerCase().replaceAll('_', '-'));
  const candidate = elsewhere !== undefined && known.includes(elsewhere) ? elsewhere : nearest(word, known);
  return candidate === undefined ? '' : `did you mean ${JSON.stringify(candidate)}? `;
}

/** Levenshtein's, with two neighbours swapped counting as one step (optimal string alignment). */
export function distance(a: string, b: string): number {
  let before: readonly number[] = [];
  let above: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) row.push(cell(a, b, i, j, { row, above, before }));
    before = above;
    above = row;
  }
  return above.at(-1) ?? 0;
}

function cell(
  a: string,
  b: string,
  i: number,
  j: number,
  { row, above, before }: { readonly [which in 'row' | 'above' | 'before']: readonly number[] },
): number {
  const far = Number.POSITIVE_INFINITY;
  const same = a[i - 1] === b[j - 1];
  const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
  return Math.min(
    (row[j - 1] ?? far) + 1,
    (above[j] ?? far) + 1,
    (above[j - 1] ?? far) + (same ? 0 : 1),
    swapped ? (before[j - 2] ?? far) + 1 : far,
  );
}
