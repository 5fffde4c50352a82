import type { HostSpec, PfSpec } from '../model/host-spec.ts';
import type { HostState, LinkState, PfState } from '../model/host-state.ts';
import type { Json } from '../model/json.ts';
import type { PciAddress } from '../model/names.ts';
import type { Probe } from '../model/plan.ts';
import type { Seen } from '../model/unseen.ts';
import { isUnseen } from '../model/unseen.ts';
import { nothing, type Resource } from './resource.ts';

/** What distinguishes one setting of a PF's netdev (`ip link set PF …`) from the others. */
interface PfSetting<Value extends Json> {
  readonly kind: string;
  wanted(pf: PfSpec): Value;
  there(link: LinkState): Value;
  words(value: Value): string;
  shown(value: Value): { readonly at: readonly string[]; readonly is: Json };
  /** `null`: a neighbouring change takes it along. */
  why(value: Value | null): string;
}

export function pfSetting<Value extends Json>(setting: PfSetting<Value>): Resource {
  return {
    kind: setting.kind,
    timeoutMs: 10_000,
    wanted: (spec: HostSpec) =>
      spec.nics.flatMap((nic) => nic.pfs.map((pf) => ({ at: pf.pci, value: setting.wanted(pf) }))),
    there: (state) =>
      state.pfs.flatMap((pf) => {
        const link = linkOf(state, pf);
        return link === undefined ? [] : [{ at: pf.pci, value: isUnseen(link) ? link : setting.there(link) }];
      }),
    move: (at, _from, to) => (to === null ? nothing : { batch: [line(at, setting.words(to as Value))] }),
    settled: (at, to) => (to === null ? [] : [probe(at, setting.shown(to as Value))]),
    why: (_from, to) => setting.why(to as Value | null),
  };
}

function linkOf(state: HostState, pf: PfState): Seen<LinkState> | undefined {
  if (isUnseen(state.links)) return state.links;
  return state.links.find((link) => link.name === pf.netdev);
}

function line(at: string, words: string) {
  return ['link set dev ', { netdev: { pf: at as PciAddress } }, ` ${words}`];
}

function probe(at: string, shown: { readonly at: readonly string[]; readonly is: Json }): Probe {
  const netdev = { netdev: { pf: at as PciAddress } };
  return { query: ['ip', '-j', '-d', 'link', 'show', 'dev', [netdev]], at: ['0', ...shown.at], is: shown.is };
}
