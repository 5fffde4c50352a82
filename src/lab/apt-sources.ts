import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One archive of the machine's own apt configuration. */
export interface AptSource {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly signedBy?: string;
}

const releases = ['bullseye', 'bookworm', 'trixie', 'forky', 'sid', 'stable', 'testing', 'unstable'];

/** Reads one file of sources.list(5): the deb822 form for names in `.sources`, else the one-line form. */
export function parseAptSources(name: string, text: string): readonly AptSource[] {
  return name.endsWith('.sources') ? parseDeb822(text) : parseOneLine(text);
}

function parseOneLine(text: string): readonly AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]+)/.exec(line);
    if (!match) return [];
    const [, options = '', uri = '', suite = '', components = ''] = match;
    return [source([uri], [suite], words(components), /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1])];
  });
}

function parseDeb822(text: string): readonly AptSource[] {
  const paragraphs = text.replace(/^#.*\n?/gm, '').split(/\n\s*\n/);
  return paragraphs.flatMap((paragraph) => {
    const field = (name: string) =>
      new RegExp(`^${name}:((?:.*)(?:\\n[ \\t].*)*)`, 'im').exec(paragraph)?.[1]?.trim();
    if (!words(field('Types')).includes('deb') || field('Enabled')?.toLowerCase() === 'no') return [];
    return [
      source(words(field('URIs')), words(field('Suites')), words(field('Components')), field('Signed-By')),
    ];
  });
}

function source(
  uris: readonly string[],
  suites: readonly string[],
  components: readonly string[],
  key?: string,
) {
  // A key pasted into the file is no path: mmdebstrap then finds Debian's keyring by itself.
  const signedBy = key?.startsWith('/') ? { signedBy: key } : {};
  return { uris, suites, components, ...signedBy };
}

function words(text: string | undefined): readonly string[] {
  return text?.split(/\s+/).filter((word) => word !== '') ?? [];
}

/** The machine's Debian mirrors as one-line sources for another `suite`; empty if it uses none. */
export function mirrorsFor(suite: string, sources: readonly AptSource[]): readonly string[] {
  const lines = sources.flatMap((one) =>
    one.components.includes('main') ? one.suites.flatMap((from) => retarget(one, from, suite)) : [],
  );
  return [...new Set(lines)];
}

function retarget(from: AptSource, fromSuite: string, suite: string): readonly string[] {
  const match = /^([a-z]+)(-security|-updates)?$/.exec(fromSuite);
  if (!match || !releases.includes(match[1] ?? '')) return [];
  const options = from.signedBy ? `[signed-by=${from.signedBy}] ` : '';
  return from.uris.map((uri) => `deb ${options}${uri} ${suite}${match[2] ?? ''} main`);
}

/** Every source that apt itself would read below `etc` (`/etc/apt`). */
export function readAptSources(etc = '/etc/apt'): readonly AptSource[] {
  const folder = join(etc, 'sources.list.d');
  const more = listed(folder).filter((name) => /\.(list|sources)$/.test(name));
  const files = [join(etc, 'sources.list'), ...more.map((name) => join(folder, name))];
  return files.flatMap((file) => parseAptSources(file, textOf(file)));
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** From `apt-config dump`: how this machine reaches its mirror (proxy, certificates, an archive frozen in time). */
export function aptOptions(dump: string): readonly string[] {
  const wanted = /^Acquire::(https?::(Proxy|CaInfo|Verify)|Check-Valid-Until|Check-Date)[ :]/i;
  return dump.split('\n').filter((line) => wanted.test(line) && !line.includes('""'));
}
