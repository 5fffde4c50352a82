import { isUnseen, type Unseen } from '../model/unseen.ts';
import { observe, type Sections } from '../observe/observe.ts';
import { sriovPfs } from '../observe/sriov-pfs.ts';
import type { HostPlan } from './plan-host.ts';
import { sectionsFor } from './sections.ts';
import type { Site } from './site.ts';

export interface BareLook extends HostPlan {
  readonly sections: Sections;
  /** Why the host's cards could not be searched for; absent if they could. */
  readonly hidden?: Unseen;
}

/** A host that is in no file: its cards, what vflane put there, and nothing wanted. */
export async function lookBare(site: Site): Promise<BareLook> {
  const fold = await site.fold();
  const ours = sectionsFor(undefined, undefined, fold.ledger);
  const found = await sriovPfs(site.reader);
  const pfs = [...new Set([...(isUnseen(found) ? [] : found), ...ours.pfs])];
  const sections = { ...ours, pfs };
  const state = await observe(site.reader, sections);
  const { allocation } = fold.ledger;
  const plan = { host: site.name, basis: '', steps: [], allocation, findings: [] };
  const look = { plan, differences: [], state, fold, sections };
  return isUnseen(found) ? { ...look, hidden: found } : look;
}
