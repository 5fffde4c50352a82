/** Names of units (systemd.unit(5), unit-name.c). */
const suffixes = 'service|socket|device|mount|automount|swap|target|path|timer|slice|scope';
const valid = new RegExp(`^[A-Za-z0-9:_.\\\\-]+(@[A-Za-z0-9:_.\\\\@-]*)?\\.(${suffixes})$`);

export function isUnitName(name: string): boolean {
  return valid.test(name) && name.length < 256;
}

/** A typed name as systemctl completes it; a path is a mount or a device, and forbidden characters are escaped. */
export function fullName(word: string): string {
  if (isUnitName(word)) return word;
  if (word.startsWith('/dev/')) return `${escapePath(word)}.device`;
  if (word.startsWith('/')) return `${escapePath(word)}.mount`;
  const escaped = word.replace(/[^A-Za-z0-9:_.\\@-]/gu, escapeText);
  return new RegExp(`\\.(${suffixes})$`).test(escaped) ? escaped : `${escaped}.service`;
}

export interface NameParts {
  /** `a@` or `a`. */
  readonly prefix: string;
  readonly instance: string;
  readonly suffix: string;
  /** `a@.service` for `a@b.service`; '' if it is not an instance. */
  readonly template: string;
}

export function partsOf(name: string): NameParts {
  const [, prefix = name, instance, suffix = ''] = /^([^@]*)(?:@(.*))?\.([a-z]+)$/s.exec(name) ?? [];
  const template = instance === undefined || instance === '' ? '' : `${prefix}@.${suffix}`;
  return { prefix, instance: instance ?? '', suffix, template };
}

export function isTemplate(name: string): boolean {
  return /@\.[a-z]+$/.test(name);
}

export function withInstance(template: string, instance: string): string {
  return template.replace(/@\./, `@${instance}.`);
}

function escapeText(character: string): string {
  if (character === '/') return '-';
  return [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}

/** systemd-escape(1). */
export function escapeName(text: string): string {
  const escaped = text.replace(/[^A-Za-z0-9:_./]/gu, escapeText).replaceAll('/', '-');
  return escaped.startsWith('.') ? `\\x2e${escaped.slice(1)}` : escaped;
}

export function unescapeName(name: string): string {
  return name
    .replaceAll('-', '/')
    .replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

export function escapePath(path: string): string {
  const bare = path.replace(/\/+/g, '/').replace(/^\/|\/$/g, '');
  return bare === '' ? '-' : escapeName(bare);
}
