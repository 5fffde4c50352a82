import type { HostReader } from '../host/host.ts';
import { HostError } from '../host/host.ts';
import type { HostState } from '../model/host-state.ts';
import type { SystemState } from '../model/preparation.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import { observeConfig } from './kernel-config.ts';
import { seen, seenOr } from './look.ts';

/** apt resolves dependencies, which takes a slow host a while. */
const aptTimeoutMs = 120_000;

/** Which Debian this is (os-release(5)); undefined on another system. */
export async function observeRelease(reader: HostReader): Promise<number | undefined> {
  const text = await seenOr(() => reader.readFile('/etc/os-release'));
  if (typeof text !== 'string' || !/^ID="?debian"?$/m.test(text)) return undefined;
  const version = /^VERSION_ID="?(\d+)"?$/m.exec(text)?.[1];
  return version === undefined ? undefined : Number(version);
}

/** The properties of the system that `prepare` goes by. */
export async function observeSystem(
  reader: HostReader,
  kernel: string,
  asked: readonly string[],
): Promise<SystemState> {
  const debian = await observeRelease(reader);
  const installed = debian === undefined ? {} : await observePackages(reader, asked);
  const missing = isUnseen(installed) ? installed : asked.filter((name) => !Object.hasOwn(installed, name));
  return {
    debian,
    missing,
    coming: isUnseen(missing) || debian === undefined ? missing : await observeComing(reader, missing),
    grub: (await linkKind(reader, '/usr/sbin/update-grub')) !== 'none',
    commandLine: await seen(async () => (await reader.readFile('/proc/cmdline')).trim()),
    iommuTables: await iommuTables(reader),
    skbExt: await skbExt(reader, kernel),
  };
}

/** Which of these packages are installed, and whether somebody asked for them. */
export function observePackages(
  reader: HostReader,
  asked: readonly string[],
): Promise<NonNullable<HostState['packages']>> {
  return seen(async () => {
    if (asked.length === 0) return {};
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
    const format = '-f=${db:Status-Status} ${Package}\\n';
    const said = await saidAnyhow(reader, ['dpkg-query', '-W', format, ...asked]);
    const lines = said.split('\n').flatMap((line) => /^installed (\S+)$/.exec(line)?.[1] ?? []);
    const installed = asked.filter((name) => lines.includes(name));
    const along = installed.length === 0 ? [] : await autoIn(reader, installed);
    return Object.fromEntries(
      installed.map((name) => [name, along.includes(name) ? 'auto' : 'manual'] as const),
    );
  });
}

/** Names may come with their architecture. */
async function autoIn(reader: HostReader, names: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await reader.query(['apt-mark', 'showauto', ...names]);
  return stdout.split('\n').map((line) => line.replace(/:.*/, ''));
}

/** dpkg-query exits with 1 if one of them is unknown, and still lists the others. @throws HostError of another kind */
async function saidAnyhow(reader: HostReader, argv: readonly string[]): Promise<string> {
  try {
    return (await reader.query(argv)).stdout;
  } catch (error) {
    if (error instanceof HostError && error.details.exitCode === 1) return error.details.stdout ?? '';
    throw error;
  }
}

function observeComing(reader: HostReader, missing: readonly string[]): Promise<Seen<readonly string[]>> {
  return seen(async () => {
    if (missing.length === 0) return [];
    const argv = ['apt-get', '-s', '-q', '--no-install-recommends', 'install', ...missing];
    return parseComing((await reader.query(argv, aptTimeoutMs)).stdout);
  });
}

/**
 * What `apt-get -s install` says: `Inst NAME (VERSION …)`, and for one that is there and would be replaced by a newer one
 * `Inst NAME [OLD] (VERSION …)`, which is left out: no way back leads to the old one.
 */
export function parseComing(text: string): readonly string[] {
  return [...text.matchAll(/^Inst ([a-z0-9][a-z0-9+.-]*)(?::\w+)? \(/gm)].map(([, name = '']) => name).sort();
}

/** Whether a program exists, as a file or as a link. */
async function linkKind(reader: HostReader, path: string): Promise<'file' | 'link' | 'none'> {
  const target = await seenOr(() => reader.readLink(path));
  if (target === undefined) return 'none';
  return isUnseen(target) ? 'file' : 'link';
}

/** DMAR is Intel's, IVRS AMD's; the firmware has neither while its switch is off. */
function iommuTables(reader: HostReader): Promise<Seen<readonly string[]>> {
  return seen(async () => {
    const tables = await reader.listDir('/sys/firmware/acpi/tables');
    return tables.filter((name) => name === 'DMAR' || name === 'IVRS');
  });
}

/** OFED's modules are in folders of their own, and include what they need (facts §0). */
async function skbExt(reader: HostReader, kernel: string): Promise<Seen<boolean>> {
  const path = await seenOr(() => reader.query(['modinfo', '-n', 'mlx5_core']));
  if (path !== undefined && !isUnseen(path) && /\/(updates|extra)\//.test(path.stdout)) return true;
  const config = await observeConfig(reader, kernel);
  return isUnseen(config) ? config : config.options.NET_TC_SKB_EXT === 'y';
}

/** Text of each file; null if there is none. */
export async function observeBootFiles(
  reader: HostReader,
  paths: readonly string[],
): Promise<NonNullable<HostState['bootFiles']>> {
  const look = async (path: string) => (await seenOr(() => reader.readFile(path))) ?? null;
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await look(path)] as const)));
}
