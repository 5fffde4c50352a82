/** A setting of a unit file: its section, name and unparsed value. */
export interface Setting {
  readonly section: string;
  readonly name: string;
  readonly value: string;
}

const parsed = new Map<string, readonly Setting[]>();
const remembered = 500;

/** systemd.syntax(7): comments, continued lines; skips lines that are no settings, as systemd does with a warning. */
export function parseUnit(text: string): readonly Setting[] {
  const known = parsed.get(text);
  if (known) return known;
  if (parsed.size >= remembered) parsed.clear();
  const settings = parse(text);
  parsed.set(text, settings);
  return settings;
}

function parse(text: string): readonly Setting[] {
  const settings: Setting[] = [];
  let section = '';
  for (const line of logicalLines(text)) {
    const header = /^\[([^\]]*)\]$/.exec(line)?.[1];
    if (header !== undefined) section = header;
    const [, name, value = ''] = /^([A-Za-z0-9-]+)[ \t]*=[ \t]*(.*)$/s.exec(line) ?? [];
    if (header === undefined && name !== undefined) settings.push({ section, name, value: value.trim() });
  }
  return settings;
}

/** A comment between continued lines is skipped, and does not end the continuation. */
function logicalLines(text: string): readonly string[] {
  const lines: string[] = [];
  let begun: string | undefined;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (/^[#;]/.test(line) || (line === '' && begun === undefined)) continue;
    const whole = begun === undefined ? line : `${begun} ${line}`;
    begun = line.endsWith('\\') ? whole.slice(0, -1).trimEnd() : undefined;
    if (begun === undefined) lines.push(whole);
  }
  return begun === undefined ? lines : [...lines, begun];
}
