/** Text for groff_man(7): nothing in it is a request, and every character has its name, so that the page is ASCII. */
export function roffText(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replace(/[^\n -~]/gu, named);
  return escaped.replace(/^(?=[.'])/gm, '\\&');
}

function named(char: string): string {
  const hex = (char.codePointAt(0) ?? 0xfffd).toString(16).toUpperCase().padStart(4, '0');
  return `\\[u${hex}]`;
}

/** What is typed: its hyphens are minus signs, which can be copied, and it does not break. */
export function roffLiteral(text: string): string {
  return roffText(text).replaceAll('-', '\\-');
}

/** A sentence; what is in backticks is typed. */
export function roffProse(text: string): string {
  const parts = text.replace(/\s+/g, ' ').trim().split('`');
  const whole = parts
    .map((part, place) => (place % 2 === 0 ? roffText(part) : `\\fB${roffLiteral(part)}\\fR`))
    .join('');
  return whole.replace(/^(?=[.'])/, '\\&');
}

/** An argument of a request. */
export function roffWord(text: string): string {
  return `"${roffLiteral(text).replaceAll('"', '\\(dq')}"`;
}

export function section(title: string, ...lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`.SH ${roffWord(title)}`, ...lines];
}

/** A term and what it means, indented below. */
export function entry(term: string, ...lines: readonly string[]): readonly string[] {
  return ['.TP', term, ...lines];
}

/** Lines as they are typed. */
export function example(...lines: readonly string[]): readonly string[] {
  return ['.PP', '.EX', ...lines.map((line) => `    ${roffLiteral(line)}`), '.EE'];
}
