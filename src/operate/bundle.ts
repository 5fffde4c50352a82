import type { Patient } from '../doctor/ailment.ts';
import { diagnose } from '../doctor/ailments.ts';
import { type Unlooked, unlookedIn } from '../doctor/unlooked.ts';
import { type Verdict, verdictsOf } from '../doctor/verdicts.ts';
import type { Transcript } from '../host/transcript.ts';
import { transcriptHost } from '../host/transcript-host.ts';
import type { Diagnosis } from '../model/finding.ts';
import { observeSurvey } from '../observe/survey.ts';
import type { KnownNames } from '../scrub/known-words.ts';
import type { Report } from './diagnose.ts';
import { ledgerOf, observeTranscript } from './replay.ts';
import { scrubChecked } from './scrub-checked.ts';

/** One host of a bug report: what it answered, scrubbed, and what the doctor says about exactly that. */
export interface Bundled {
  readonly transcript: Transcript;
  readonly findings: readonly Diagnosis[];
  readonly verdicts: readonly Verdict[];
  readonly unlooked: readonly Unlooked[];
}

/**
 * Scrubs what a host answered, and lets the doctor look at the result, so that the report cannot contain a scrubbed word,
 * and the bundle is known to be enough to reproduce it.
 * @param key a secret: whoever has it can recover the IP addresses
 * @throws NotScrubbed
 */
export async function bundleHost(transcript: Transcript, names: KnownNames, key: string): Promise<Bundled> {
  const scrubbed = await scrubChecked(transcript, names, key);
  return { transcript: scrubbed, ...(await diagnoseTranscript(scrubbed)) };
}

/** What the doctor says about a recorded host. @throws HostError of kind `lost` if the recording lacks something that is read now */
export async function diagnoseTranscript(
  transcript: Transcript,
): Promise<Pick<Report, 'verdicts' | 'unlooked'> & { readonly findings: readonly Diagnosis[] }> {
  const looked = await observeTranscript(transcript);
  const now = () => Date.parse(transcript.time);
  const { state, survey } = await observeSurvey(transcriptHost(transcript), looked, { faults: true, now });
  const patient: Patient = { host: transcript.host, state, survey, ledger: ledgerOf(transcript) };
  return { findings: diagnose(patient), verdicts: verdictsOf(patient), unlooked: unlookedIn(state, survey) };
}
