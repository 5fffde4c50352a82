import { observe, type Sections } from '../observe/observe.ts';
import { sriovPfs } from '../observe/sriov-pfs.ts';
import type { HostPlan } from './plan-host.ts';
import { sectionsFor } from './sections.ts';
import type { Site } from './site.ts';

/** A host of which no file says anything: its cards, what vflane put there, and nothing wanted. */
export async function lookBare(site: Site): Promise<HostPlan & { readonly sections: Sections }> {
  const fold = await site.fold();
  const ours = sectionsFor(undefined, undefined, fold.ledger);
  const pfs = [...new Set([...(await sriovPfs(site.reader)), ...ours.pfs])];
  const sections = { ...ours, pfs };
  const state = await observe(site.reader, sections);
  const { allocation } = fold.ledger;
  const plan = { host: site.name, basis: '', steps: [], allocation, findings: [] };
  return { plan, differences: [], state, fold, sections };
}
