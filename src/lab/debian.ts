import { aptOptions, mirrorsFor, readAptSources } from './apt-sources.ts';
import { LabError } from './errors.ts';
import { lastLines, run } from './run.ts';

/** What a run of mmdebstrap is to make. */
export interface Tree {
  readonly suite: string;
  readonly variant: string;
  readonly packages: readonly string[];
  readonly extra?: readonly string[];
  readonly format: 'tar' | 'directory' | 'null';
  readonly target: string;
}

/** mmdebstrap's argv, ending in the machine's own mirrors; without any, mmdebstrap uses Debian's default. */
export function mmdebstrapArgv(tree: Tree, mirrors: readonly string[], options: readonly string[]): string[] {
  return [
    'mmdebstrap',
    // For root too: its mounts are then invisible to others and end with it (mmdebstrap(1), MODES).
    '--mode=unshare',
    `--variant=${tree.variant}`,
    `--format=${tree.format}`,
    '--architectures=amd64',
    `--include=${tree.packages.join(',')}`,
    ...options.map((option) => `--aptopt=${option}`),
    ...(tree.extra ?? []),
    tree.suite,
    tree.target,
    ...mirrors,
  ];
}

/** Makes a tree of Debian packages; nothing on this machine is installed or replaced. */
export async function makeTree(tree: Tree, onProgress: (line: string) => void): Promise<void> {
  const dump = await run(['apt-config', 'dump'], { timeoutMs: 10_000 });
  const argv = mmdebstrapArgv(tree, mirrorsFor(tree.suite, readAptSources()), aptOptions(dump.stdout));
  const ran = await run(argv, {
    withAll: true,
    timeoutMs: 1_200_000,
    // Debian's own initrd is not used and takes long to build (initramfs-tools, postinst.d).
    env: { INITRD: 'No' },
    onLine: (line) => {
      if (/^I: (running apt-get|downloading|extracting|installing|success|running --customize)/.test(line))
        onProgress(line.slice(3));
    },
  });
  if (ran.code !== 0) throw buildError('mmdebstrap', ran);
}

/** One error for every failing build tool; a full disk has its own, because the remedy differs. */
export function buildError(tool: string, ran: { stderr: string; timedOut: boolean }): LabError {
  if (/no space left on device/i.test(ran.stderr))
    return new LabError(
      'LAB_NO_SPACE',
      `${tool}: no space left on the disk`,
      'the lab needs about 4 GB free',
    );
  const why = ran.timedOut ? 'it did not end in time' : lastLines(ran.stderr, 8);
  const hint = 'run `vflane lab up` again: a build that was cut short starts again from nothing';
  return new LabError('LAB_BUILD_FAILED', `${tool} failed: ${why}`, hint);
}
