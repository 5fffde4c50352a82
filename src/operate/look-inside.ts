import { isUnseen } from '../model/unseen.ts';
import { observe } from '../observe/observe.ts';
import { observeSurvey } from '../observe/survey.ts';
import { type Looked, withFold } from './diagnose.ts';
import { lookBare } from './look-bare.ts';
import type { Site } from './site.ts';

/** A host that is in no file, with the contents of its namespaces, and its card's switch and bridges. */
export async function lookInside(site: Site, now: () => number): Promise<Looked> {
  const { folded, journal } = await withFold(site);
  const { hidden, sections, ...plan } = await lookBare(folded);
  const surveyed = await observeSurvey(site.reader, plan.state, { faults: false, now });
  const survey = { ...surveyed.survey, ...(hidden && { search: hidden }), ...(journal && { journal }) };
  const inside = isUnseen(survey.unlooked) ? [] : survey.unlooked;
  const namespaces = [...new Set([...sections.namespaces, ...inside])];
  const all = { ...sections, overlay: true, namespaces, routes: namespaces };
  const state = await observe(site.reader, all);
  const patient = { host: site.name, state, survey, ledger: plan.fold.ledger };
  return { patient, plan: { ...plan, state }, sections: all };
}
