import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { Finding, Where } from '../model/finding.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import type { Ledger } from '../model/ledger.ts';

/** What a rule is asked about. */
export interface Examined {
  readonly fabric: Fabric;
  readonly host: FabricHost;
  readonly spec: HostSpec;
  readonly state: HostState;
  /** What vflane did there earlier; absent if that is unknown. */
  readonly ledger?: Ledger;
}

/** One thing that may stand in the way on a host. No findings: it was looked at, and it is fine. */
export type Rule = (examined: Examined) => readonly Finding[];

/** The line of the file that asks for it: `hosts.alpha.vfs`, or the nearest key above that is written down. */
export function placeOf(
  { fabric, host }: Pick<Examined, 'fabric' | 'host'>,
  ...keys: readonly string[]
): Where {
  const path = ['hosts', host.name, ...keys];
  for (let length = path.length; length > 0; length--) {
    const key = path.slice(0, length).join('.');
    const place = fabric.source.places.get(key);
    if (place) return { file: fabric.source.file, ...place, path: key, host: host.name };
  }
  return { file: fabric.source.file, host: host.name };
}
