import type { HostSpec, PfSpec, VfSpec } from '../model/host-spec.ts';
import type { HostState, PfState, VfAdmin } from '../model/host-state.ts';
import type { Json } from '../model/json.ts';
import type { Probe, Text } from '../model/plan.ts';
import type { Unseen } from '../model/unseen.ts';
import { isUnseen } from '../model/unseen.ts';
import { vfAt, vfPlace } from './place.ts';
import { nothing, type Placed, type Resource } from './resource.ts';

/** What distinguishes one of the settings that a PF enforces on a VF (`ip link set PF vf N …`) from the others. */
export interface VfAttribute<Value extends Json> {
  readonly kind: string;
  /** As in "the VFs’ …". */
  readonly noun: string;
  /** `undefined`: nothing is wanted of this VF, or its driver cannot do it. */
  wanted(vf: VfSpec, pf: PfState, spec: PfSpec): Value | undefined;
  /** `undefined`: this VF does not have the setting now. */
  there(admin: VfAdmin, pf: PfState): Value | undefined;
  /** The value after the VF was created, by any driver. */
  readonly fresh?: Value;
  /** What follows `vf N` on the command line. */
  words(value: Value): string;
  /** Where below the VF's entry `ip -j link` shows it, and what it shows there. */
  shown(value: Value): { readonly at: readonly string[]; readonly is: Json };
  readonly why: string;
}

/** A setting of a VF: it exists as long as the VF does, and is lost with it (`sriov_numvfs` to 0 wipes it, facts §3.1). */
export function vfAttribute<Value extends Json>(attribute: VfAttribute<Value>): Resource {
  return {
    kind: attribute.kind,
    timeoutMs: 5_000,
    attribute: true,
    ...(attribute.fresh === undefined ? {} : { fresh: attribute.fresh }),
    wanted: (spec, state) => wantedOf(attribute, spec, state),
    there: (state) => thereOf(attribute, state),
    standsOn: (at) => [`num-vfs ${vfPlace(at).pf}`],
    move: (at, _from, to) => (to === null ? nothing : { batch: [line(at, attribute.words(to as Value))] }),
    settled: (at, to) => (to === null ? [] : [probe(at, attribute.shown(to as Value))]),
    why: (_from, to) =>
      to === null
        ? `The VFs lose their ${attribute.noun} as they go: there is nothing to run, but the way back sets it again.`
        : attribute.why,
  };
}

function wantedOf<Value extends Json>(
  attribute: VfAttribute<Value>,
  spec: HostSpec,
  state: HostState,
): readonly Placed<Json>[] {
  const placed: Placed<Json>[] = [];
  for (const pf of spec.nics.flatMap((nic) => nic.pfs)) {
    const pfState = state.pfs.find((candidate) => candidate.pci === pf.pci);
    if (pfState === undefined) continue;
    for (const vf of pf.vfs) {
      const value = attribute.wanted(vf, pfState, pf);
      if (value !== undefined) placed.push({ at: vfAt(pf.pci, vf.index), value });
    }
  }
  return placed;
}

function thereOf<Value extends Json>(
  attribute: VfAttribute<Value>,
  state: HostState,
): readonly Placed<Json | Unseen>[] {
  return state.pfs.flatMap((pf) =>
    pf.vfs.flatMap((vf) => {
      const value = isUnseen(vf.admin) ? vf.admin : attribute.there(vf.admin, pf);
      return value === undefined ? [] : [{ at: vfAt(pf.pci, vf.index), value }];
    }),
  );
}

function line(at: string, words: string): Text {
  const { pf, index } = vfPlace(at);
  return ['link set dev ', { netdev: { pf } }, ` vf ${index} ${words}`];
}

function probe(at: string, shown: { readonly at: readonly string[]; readonly is: Json }): Probe {
  const { pf, index } = vfPlace(at);
  return {
    query: ['ip', '-j', '-d', 'link', 'show', 'dev', [{ netdev: { pf } }]],
    at: ['0', 'vfinfo_list', `vf=${index}`, ...shown.at],
    is: shown.is,
  };
}
