import { HostError } from '../host/host.ts';
import {
  parseTranscript,
  printTranscript,
  type Transcript,
  TranscriptUnreadable,
} from '../host/transcript.ts';
import type { HostState } from '../model/host-state.ts';
import { sameJson } from '../model/json.ts';
import type { KnownNames } from '../scrub/known-words.ts';
import { NotScrubbed, scrub } from '../scrub/scrub.ts';
import { inAnyOrder } from './any-order.ts';
import { observeTranscript } from './replay.ts';

/**
 * A scrubbed transcript that reads as the same host, under other names.
 * @throws NotScrubbed if a name could not be replaced without breaking a tool's output
 */
export async function scrubChecked(
  transcript: Transcript,
  names: KnownNames,
  key: string,
): Promise<Transcript> {
  const { transcript: scrubbed, value } = scrub(transcript, names, key);
  const [before, after] = [await observeTranscript(transcript), await read(scrubbed)];
  if (sameJson(inAnyOrder(value(before)), inAnyOrder(after))) return scrubbed;
  throw new NotScrubbed('the scrubbed answers would be read as another host');
}

async function read(scrubbed: Transcript): Promise<HostState> {
  try {
    return await observeTranscript(parseTranscript(printTranscript(scrubbed)));
  } catch (error) {
    if (!(error instanceof HostError || error instanceof TranscriptUnreadable)) throw error;
    throw new NotScrubbed('the scrubbed answers could not be read', { cause: error });
  }
}
