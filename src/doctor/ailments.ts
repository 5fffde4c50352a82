import type { Diagnosis } from '../model/finding.ts';
import { type Ailment, diagnosed, type Patient } from './ailment.ts';
import { offloadAsked, switchesApart } from './offload-asked.ts';

/** Everything the doctor knows, roots before what follows from them. */
export const ailments: readonly Ailment[] = [offloadAsked, switchesApart];

/** What is wrong with a host; what follows from something else that was found says so. */
export function diagnose(patient: Patient): readonly Diagnosis[] {
  const found = ailments.flatMap((ailment) =>
    ailment.find(patient).map((symptom) => diagnosed(ailment, patient, symptom)),
  );
  const codes = new Set(found.map(({ code }) => code));
  return found.map((one) => ({ ...one, follows: one.follows.filter((code) => codes.has(code)) }));
}
