import type { HostReader } from '../host/host.ts';
import { isUnseen } from '../model/host-state.ts';
import type { Json } from '../model/json.ts';
import { ledgerKey } from '../model/ledger.ts';
import type { Change } from '../model/plan.ts';
import { observe } from '../observe/observe.ts';
import { basisOf } from '../plan/basis.ts';
import { differencesOf, haveAt, havesOf, type Want, type Wants } from '../plan/differences.ts';
import { sectionsOf } from './sections.ts';

/** The first value each place had before these changes. */
export function wantsBefore(changes: readonly Change[]): Wants {
  const wants = new Map<string, Want>();
  for (const { resource, at, from } of changes) {
    const key = ledgerKey(resource, at);
    if (!wants.has(key)) wants.set(key, { resource, at, value: from });
  }
  return wants;
}

/** The last value each place has after these changes. */
export function wantsAfter(changes: readonly Change[]): Wants {
  return new Map(
    changes.map(({ resource, at, to }) => [ledgerKey(resource, at), { resource, at, value: to }]),
  );
}

/** The digest of what these changes touch, as it is now. */
export async function basisNow(reader: HostReader, changes: readonly Change[]): Promise<string> {
  const state = await observe(reader, sectionsOf(changes));
  return basisOf(state.bootId, changes, havesOf(state));
}

/** Looks, and tells every place that is not as wanted: `from` is what is wanted, `to` what is there. */
export async function residueOf(reader: HostReader, wants: Wants): Promise<readonly Change[]> {
  const state = await observe(reader, sectionsOf([...wants.values()]));
  const haves = havesOf(state);
  const differing = differencesOf(wants, haves).map(({ resource, at, have, want }) => ({
    resource,
    at,
    from: want,
    to: have,
  }));
  const hidden = [...wants.values()].flatMap(({ resource, at, value }) => {
    const have = haveAt(haves, resource, at);
    const seen: Json = { unseen: isUnseen(have) ? have.unseen : '' };
    return isUnseen(have) ? [{ resource, at, from: value, to: seen }] : [];
  });
  return [...differing, ...hidden];
}
