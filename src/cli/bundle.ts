import { randomBytes } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { FabricHost } from '../model/fabric.ts';
import type { Json } from '../model/json.ts';
import { type Bundled, bundleHost } from '../operate/bundle.ts';
import { diagnoseHost, type Named, type Report } from '../operate/diagnose.ts';
import { recordSite } from '../operate/record.ts';
import type { Site } from '../operate/site.ts';
import { NotScrubbed } from '../scrub/scrub.ts';
import type { VerbContext, VerbOptions } from './context.ts';
import { findingJson } from './doctor-json.ts';
import { namesOf } from './record.ts';
import { UsageError } from './usage-error.ts';
import { versionText } from './version-text.ts';
import { putNamedFile } from './written-file.ts';

const schema = 'vflane.bundle/1';

/** Gathers what a bug report needs, host by host, and writes it in the end. */
export interface Bundler {
  readonly file: string;
  /** The doctor's look, with every answer kept. `known`: every host that may be named in them. */
  diagnose(
    site: Site,
    named: Named | undefined,
    known: readonly FabricHost[],
    now: () => number,
  ): Promise<Report>;
  write(): Promise<number>;
}

/** What `--bundle FILE` asks for. @throws UsageError where that file could not be made */
export function bundlerOf({ cwd }: VerbContext, { bundle: file }: VerbOptions): Bundler | undefined {
  if (typeof file !== 'string') return undefined;
  const path = resolve(cwd, file);
  checkWritable(file, path);
  const bundled: Bundled[] = [];
  // One key for all: the same address on two hosts has to be the same afterwards.
  const key = randomBytes(32).toString('hex');
  return {
    file,
    diagnose: async (site, named, known, now) => {
      const recording = recordSite(site);
      const report = await diagnoseHost(recording.site, named, now);
      const { sections, plan } = report.looked;
      const by = (named?.host ?? known[0])?.connect.kind ?? 'local';
      const about = { vflane: versionText, by, time: new Date(now()).toISOString() };
      const whole = await recording.end({ ...about, sections, ledger: plan.fold.ledger });
      bundled.push(await scrubbed(() => bundleHost(whole, namesOf(known), key), site.name));
      return report;
    },
    write: async () => {
      const text = JSON.stringify(
        { schema, vflane: versionText, node: process.version, hosts: bundled.map(hostJson) },
        null,
        1,
      );
      await putNamedFile(path, `${text}\n`, 0o600).catch((error: unknown) => unwritable(file, error));
      return bundled.length;
    },
  };
}

function hostJson({ transcript, findings, verdicts, unlooked }: Bundled): Json {
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as Json;
  return {
    host: transcript.host,
    findings: findings.map(findingJson),
    verdicts: plain(verdicts),
    unseen: plain(unlooked),
    transcript: plain(transcript),
  };
}

async function scrubbed(work: () => Promise<Bundled>, host: string): Promise<Bundled> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof NotScrubbed)) throw error;
    throw new UsageError(
      `what ${host} answered cannot be scrubbed: ${error.message}`,
      'Nothing was written. `vflane show HOST --record FILE` keeps it as it is; replace by hand what nobody may see.',
    );
  }
}

function checkWritable(file: string, path: string): void {
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    unwritable(file, error);
  }
}

function unwritable(file: string, error: unknown): never {
  const why = (error as Error).message;
  throw new UsageError(`${file} cannot be written: ${why}`, 'Name a file in a folder that has room.');
}
