import type { HostState } from '../model/host-state.ts';
import type { Survey } from '../model/survey.ts';
import type { Unseen } from '../model/unseen.ts';

/** Something that could not be looked at, and why. */
export interface Unlooked {
  /** `pfs 0000:03:00.0 lag`. */
  readonly what: string;
  readonly why: string;
}

/** Everything that could not be looked at. What is not installed does not count. */
export function unlookedIn(
  state: { readonly [part in keyof HostState]?: unknown },
  survey: Partial<Survey>,
): readonly Unlooked[] {
  const found = [...unseenAt(state, []), ...unseenAt(survey, [])];
  const byWhy = new Map<string, string[]>();
  for (const { what, why } of found) byWhy.set(why, [...(byWhy.get(why) ?? []), what]);
  return [...byWhy].map(([why, all]) => ({ what: brief([...new Set(all)]), why }));
}

const words: { readonly [what: string]: string | undefined } = {
  holders: 'who has which VF open',
  search: 'which cards there are',
  unlooked: 'which namespaces there are',
  journal: 'vflane’s journal',
  log: 'the kernel’s log',
};

/** What a person would call it. */
export function inWords(what: string): string {
  return words[what] ?? what;
}

/** 254 VFs may share one reason. */
function brief(all: readonly string[]): string {
  const shown = all.slice(0, 3).join(', ');
  return all.length > 3 ? `${shown} and ${all.length - 3} more` : shown;
}

function unseenAt(value: unknown, path: readonly string[]): readonly Unlooked[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isReason(value)) return isAbsentTool(value, path) ? [] : [{ what: path.join(' '), why: value.unseen }];
  if (Array.isArray(value))
    return value.flatMap((one, at) => unseenAt(one, [...path, labelOf(one) ?? `${at}`]));
  return Object.entries(value).flatMap(([key, one]) => unseenAt(one, [...path, key]));
}

function isReason(value: object): value is Unseen {
  return 'unseen' in value && typeof value.unseen === 'string';
}

/** A host without Open vSwitch or nftables has nothing of theirs: that counts as seen. */
function isAbsentTool({ lacks }: Unseen, [first]: readonly string[]): boolean {
  return lacks !== undefined && (first === 'ovs' || first === 'guard');
}

function labelOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { pci, name, pid, index } = value as { readonly [key: string]: unknown };
  const label = [index, pci, name, pid].find((one) => typeof one === 'string' || typeof one === 'number');
  return label === undefined ? undefined : `${label}`;
}
