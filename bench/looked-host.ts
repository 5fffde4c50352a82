import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileStore } from '../src/host/file-store.ts';
import type { TranscriptEntry } from '../src/host/transcript.ts';
import { recordingHost } from '../src/host/transcript-host.ts';
import { diagnoseHost } from '../src/operate/diagnose.ts';
import { localSite } from '../src/operate/local-site.ts';
import { appliedHost, writeOut } from './fake-host.ts';

/**
 * Makes a folder that stands for a host of 254 VFs and answers everything that `show` and `doctor` ask: `root/` has its
 * files, `var/` vflane's journal, `bin/` its programs, which give the answers of a simulated host.
 */
export async function makeLookedHost(folder: string): Promise<void> {
  const store = fileStore(join(folder, 'var'));
  const machine = await appliedHost(join(folder, 'var'));
  const { reader, entries } = recordingHost(machine);
  const site = localSite({ host: machine, store, clock: machine.clock, self: ['vflane'] });
  await diagnoseHost({ ...site, reader }, undefined, () => machine.clock.now());
  const root = join(folder, 'root');
  await writeOut(machine, root);
  for (const entry of entries()) writeMissing(entry, root);
  writePrograms(entries(), folder);
}

/** Adds the files that the look has read and that are not there yet. */
function writeMissing({ ask: [kind, path = ''], answer }: TranscriptEntry, root: string): void {
  const place = join(root, path);
  if (existsSync(place)) return;
  if (kind === 'read' && typeof answer === 'string') {
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, answer);
  } else if (kind === 'list' && Array.isArray(answer)) {
    mkdirSync(place, { recursive: true });
  }
}

/** One script per program, with a case for each command line. */
function writePrograms(entries: readonly TranscriptEntry[], folder: string): void {
  const bin = join(folder, 'bin');
  const answers = join(folder, 'answers');
  for (const made of [bin, answers]) mkdirSync(made, { recursive: true });
  const queries = entries.filter(({ ask }) => ask[0] === 'query');
  for (const program of new Set(queries.map(({ ask }) => ask[1] ?? ''))) {
    const cases = queries
      .filter(({ ask }) => ask[1] === program)
      .map((entry, place) => caseOf(entry, join(answers, `${program}-${place}`)));
    const script = `#!/bin/sh\ncase "$*" in\n${cases.join('')}*) echo "not asked before: $*" >&2; exit 1 ;;\nesac\n`;
    writeFileSync(join(bin, program), script, { mode: 0o755 });
  }
}

function caseOf({ ask, answer, error }: TranscriptEntry, file: string): string {
  const words = `'${ask.slice(2).join(' ')}'`;
  const { stdout = '' } = (answer ?? {}) as { readonly stdout?: string };
  writeFileSync(file, error?.stdout ?? stdout);
  writeFileSync(`${file}-stderr`, error?.stderr ?? '');
  return error === undefined
    ? `${words}) exec cat '${file}' ;;\n`
    : `${words}) cat '${file}'; cat '${file}-stderr' >&2; exit ${error.exitCode ?? 1} ;;\n`;
}
