import type { HostReader } from '../host/host.ts';
import { type Transcript, transcriptSchema } from '../host/transcript.ts';
import { recordingHost } from '../host/transcript-host.ts';
import type { Ledger } from '../model/ledger.ts';
import { observe, type Sections } from '../observe/observe.ts';
import type { Site } from './site.ts';
import { heldWithoutUserData, withoutUserData } from './without-user-data.ts';

export interface SiteRecording {
  /** A site whose every answer is recorded. */
  readonly site: Site;
  /** Looks at everything that any datapath reads on such a host, and ends the recording. */
  end(about: RecordingOf): Promise<Transcript>;
}

/** What was recorded; `time` is ISO 8601. */
export interface RecordingOf extends Pick<Transcript, 'vflane' | 'by' | 'time'> {
  readonly sections: Sections;
  readonly ledger: Ledger;
}

export function recordSite(site: Site): SiteRecording {
  const { reader, entries } = recordingHost(site.reader);
  const end = async ({ sections: asked, ledger, ...about }: RecordingOf): Promise<Transcript> => {
    const sections = { ...asked, overlay: true, hostRoutes: true, dpdk: true };
    const { kernel } = await observe(reader, sections);
    await askBesides(reader);
    const left = heldWithoutUserData([...ledger.entries.values()]);
    const held = { entries: left, allocation: ledger.allocation };
    return {
      schema: transcriptSchema,
      ...about,
      host: site.name,
      kernel,
      scrubbed: false,
      sections,
      ledger: held,
      entries: withoutUserData(entries(), sections),
    };
  };
  return { site: { ...site, reader }, end };
}

/** Its name, so that scrubbing knows what to look for; and its namespaces, so that the recording can be compared with any file. */
async function askBesides(reader: HostReader): Promise<void> {
  await Promise.allSettled([reader.readFile('/proc/sys/kernel/hostname'), reader.listDir('/run/netns')]);
}
