const widest = 108;

/** A text as YAML comment lines, wrapped at spaces. */
export function comment(text: string, indent = ''): readonly string[] {
  const lines: string[] = [];
  let line = `${indent}#`;
  for (const word of text.replace(/\p{C}/gu, ' ').split(' ')) {
    if (line.length + word.length + 1 > widest && line.length > indent.length + 1) {
      lines.push(line);
      line = `${indent}#  `;
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

/** A scalar that every YAML reader takes for that text: quoted unless it is harmless without quotes. */
export function scalar(text: string): string {
  return /^[A-Za-z][A-Za-z0-9_.@/=?-]*(:[A-Za-z0-9_.@/=?-]+)*$/.test(text) && !reserved.test(text)
    ? text
    : JSON.stringify(text);
}

/** Words that are not text in YAML 1.1, which other readers use. */
const reserved = /^(y|n|yes|no|on|off|true|false|null)$/i;
