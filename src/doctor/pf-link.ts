import type { HostState, LinkState, PfState } from '../model/host-state.ts';
import { isUnseen } from '../model/unseen.ts';
import { wireNames } from './road.ts';
import type { Examined } from './rule.ts';

/** The netdev of a PF; undefined if it has none, or where the host's could not be looked at. */
export function linkOf({ links }: HostState, { netdev }: PfState): LinkState | undefined {
  return netdev === undefined || isUnseen(links) ? undefined : links.find(({ name }) => name === netdev);
}

/** The bond or bridge that all the PFs belong to; undefined if there is none. */
export function commonMaster(state: HostState): LinkState | undefined {
  const masters = new Set(state.pfs.map((pf) => linkOf(state, pf)?.master));
  const [name] = masters;
  return masters.size !== 1 || isUnseen(state.links)
    ? undefined
    : state.links.find((link) => link.name === name);
}

/** A host's lowest netdevs: the card’s ports, or those in the file that carry the underlay. */
export function wireLinks({ spec, state }: Examined): readonly LinkState[] {
  if (isUnseen(state.links)) return [];
  const wire = spec.underlay ? wireNames(spec.underlay, state) : [];
  const names = new Set([...state.pfs.map(({ netdev }) => netdev), ...wire]);
  return state.links.filter(({ name }) => names.has(name));
}
