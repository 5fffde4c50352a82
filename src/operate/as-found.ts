import { placeOf } from '../doctor/rule.ts';
import { didYouMean } from '../fabric/nearest.ts';
import { finding } from '../model/catalogue.ts';
import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { Found } from '../model/found.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import { sameJson } from '../model/json.ts';
import { isUnseen } from '../model/unseen.ts';
import { whatDiffers, words } from '../plan/apart.ts';
import { haveAt, havesOf, leftAsFound } from '../plan/differences.ts';
import { order } from '../plan/order.ts';

/** Findings on what a file leaves as it was found: how much that is, and what has changed since. */
export function foundFindings(
  fabric: Fabric,
  host: FabricHost,
  spec: HostSpec,
  state: HostState,
): readonly Finding[] {
  const asFound = leftAsFound(spec, state);
  if (asFound.length === 0) return [];
  const kinds = new Set(order.map(({ kind }) => kind));
  const known = asFound.filter(({ resource }) => kinds.has(resource));
  const unknown = new Set(asFound.map(({ resource }) => resource).filter((kind) => !kinds.has(kind)));
  const at = placeOf({ fabric, host }, 'as-found');
  return [
    ...[...unknown].map((kind) =>
      finding(
        'VF2282',
        placeOf({ fabric, host }, 'as-found', kind),
        `${host.name}: nothing that vflane sets up is called ${kind}`,
        `${didYouMean(kind, [...kinds])}remove the key, or write it as \`vflane plan\` prints it.`,
      ),
    ),
    finding(
      'VF2270',
      at,
      `${host.name}: ${known.length} ${known.length === 1 ? 'place is' : 'places are'} left as somebody set ${known.length === 1 ? 'it' : 'them'} up by hand: ${countsOf(known)}`,
      'Take a line out of as-found, and plan: vflane then says what it would make of that place, and from whom it would take it.',
    ),
    ...changed(known, state).map((message) =>
      finding(
        'VF2271',
        at,
        `${host.name}: ${message}`,
        'Only whoever set it up can put it back; or write the new value into the file, or take the line out.',
      ),
    ),
  ];
}

function countsOf(found: readonly Found[]): string {
  const counts = new Map<string, number>();
  for (const { resource } of found) counts.set(resource, (counts.get(resource) ?? 0) + 1);
  return [...counts].map(([kind, count]) => (count === 1 ? kind : `${kind} (${count})`)).join(', ');
}

function changed(found: readonly Found[], state: HostState): readonly string[] {
  const haves = havesOf(state);
  return found.flatMap(({ resource, at, value }) => {
    const have = haveAt(haves, resource, at);
    if (isUnseen(have) || sameJson(have, value)) return [];
    const [was, is] = whatDiffers(value, have).map(words);
    return [`${resource} at ${at} was found as ${was}, and is ${is} now`];
  });
}

/**
 * A finding that only stands in the way of steps does not matter if there are none: whoever leaves a bridge as it was
 * found is not told to take it apart. What runs though it lacks something goes on running, with a warning.
 */
export function leftInPeace(findings: readonly Finding[]): readonly Finding[] {
  return findings
    .filter(({ code }) => !inTheWay.has(code))
    .map((one) => (runsWithout.has(one.code) ? { ...one, severity: 'warning' } : one));
}

/** On this kernel no VF fails over, but it works with one port, which is no reason not to leave it as it is. */
const runsWithout: ReadonlySet<string> = new Set(['VF2036']);

const inTheWay: ReadonlySet<string> = new Set(['VF2044', 'VF2049', 'VF2054', 'VF2055', 'VF2056']);
