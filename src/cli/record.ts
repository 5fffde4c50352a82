import { randomBytes } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { printTranscript, type Transcript } from '../host/transcript.ts';
import type { FabricHost } from '../model/fabric.ts';
import type { Sections } from '../observe/observe.ts';
import type { Looked } from '../operate/diagnose.ts';
import { recordSite } from '../operate/record.ts';
import { scrubChecked } from '../operate/scrub-checked.ts';
import type { Site } from '../operate/site.ts';
import type { KnownNames } from '../scrub/known-words.ts';
import { NotScrubbed } from '../scrub/scrub.ts';
import type { VerbContext, VerbOptions } from './context.ts';
import { UsageError } from './usage-error.ts';
import { versionText } from './version-text.ts';
import { destinationHost } from './way.ts';
import { putNamedFile } from './written-file.ts';

export interface Recorded {
  readonly recorded?: { readonly file: string; readonly answers: number; readonly scrubbed: boolean };
}

interface Look {
  readonly looked: Looked;
  readonly sections: Sections;
}

export interface Recorder {
  /** Looks, and writes all answers into the file of `--record`. `known`: every host that they may name. */
  record(
    site: Site,
    host: FabricHost,
    known: readonly FabricHost[],
    look: (site: Site) => Promise<Look>,
  ): Promise<Recorded & Look>;
}

/** What `--record FILE` and `--scrub` ask for. @throws UsageError if that file could not be made */
export function recorderOf({ cwd }: VerbContext, options: VerbOptions): Recorder | undefined {
  const { record: file, scrub } = options;
  if (typeof file !== 'string') {
    if (scrub === true) throw new UsageError('--scrub is for what is recorded', 'Add --record FILE.');
    return undefined;
  }
  const path = resolve(cwd, file);
  writable(file, () => accessSync(dirname(path), constants.W_OK));
  return {
    record: async (site, host, known, look) => {
      const recording = recordSite(site);
      const { looked, sections } = await look(recording.site);
      const whole = await recording.end({ ...aboutNow(host), sections, ledger: looked.plan.fold.ledger });
      const transcript = scrub === true ? await scrubbed(whole, namesOf(known)) : whole;
      // It contains what only the host's operator could ask.
      await putNamedFile(path, printTranscript(transcript), 0o600).catch((error) => unwritable(file, error));
      const recorded = { file, answers: transcript.entries.length, scrubbed: transcript.scrubbed };
      return { looked, sections, recorded };
    },
  };
}

function aboutNow({ connect }: FabricHost) {
  return { vflane: versionText, by: connect.kind, time: new Date().toISOString() };
}

/** Hosts and users that answers may name, for scrubbing. */
export function namesOf(hosts: readonly FabricHost[]): KnownNames {
  const ssh = hosts.flatMap(({ connect }) => (connect.kind === 'ssh' ? [connect.destination] : []));
  return {
    hosts: [...hosts.map(({ name }) => name), ...ssh.map(destinationHost)],
    users: ssh.flatMap((destination) => /^(?:ssh:\/\/)?([^@]+)@/.exec(destination)?.[1] ?? []),
  };
}

async function scrubbed(transcript: Transcript, names: KnownNames): Promise<Transcript> {
  try {
    return await scrubChecked(transcript, names, randomBytes(32).toString('hex'));
  } catch (error) {
    if (!(error instanceof NotScrubbed)) throw error;
    throw new UsageError(
      `what ${transcript.host} answered cannot be scrubbed: ${error.message}`,
      'Nothing was written. Record it without --scrub, and replace by hand what nobody may see.',
    );
  }
}

function writable(file: string, attempt: () => void): void {
  try {
    attempt();
  } catch (error) {
    unwritable(file, error);
  }
}

function unwritable(file: string, error: unknown): never {
  const why = (error as Error).message;
  throw new UsageError(`${file} cannot be written: ${why}`, 'Name a file in a folder that has room.');
}
