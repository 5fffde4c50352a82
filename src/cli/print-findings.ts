import { printable } from '../fabric/grammar.ts';
import type { Finding, Severity, Where } from '../model/finding.ts';
import type { Output, Style } from './output.ts';

const styles: Readonly<Record<Severity, readonly Style[]>> = {
  error: ['bold', 'red'],
  warning: ['bold', 'yellow'],
  info: ['bold', 'cyan'],
};

/**
 * Findings as a compiler prints them: place, severity, code, message; the hint below; on a terminal the line itself.
 * @param sources texts by file name, for the excerpts.
 */
export function printFindings(
  findings: readonly Finding[],
  sources: Readonly<Record<string, string>>,
  output: Output,
): void {
  for (const finding of findings) {
    output.result(headline(finding, output));
    for (const line of excerpt(finding.where, sources, output)) output.result(line);
    output.result(`    ${output.paint('dim', 'hint:')} ${printable(finding.hint)}`);
  }
}

function headline({ code, severity, where, message }: Finding, { paint }: Output): string {
  const place = placeText(where);
  const about = [where.host, where.path, where.at].filter((part) => part !== undefined).join(' ');
  const label = paint(styles[severity], `${severity} ${code}`);
  return `${place ? `${paint('bold', place)} ` : ''}${label} ${about ? `${printable(about)}: ` : ''}${printable(withoutHost(message, where.host))}`;
}

/** In JSON a message stands alone, and names its host; where the host is shown beside it anyway, once is enough. */
export function withoutHost(message: string, host = ''): string {
  return message.startsWith(`${host}: `) ? message.slice(host.length + 2) : message;
}

/** `fabric.yaml:6:15:`, which editors and terminals can open. */
function placeText({ file, line, col }: Where): string {
  if (file === undefined) return '';
  return `${[printable(file), line, col].filter((part) => part !== undefined).join(':')}:`;
}

function excerpt(where: Where, sources: Readonly<Record<string, string>>, output: Output): readonly string[] {
  const { file, line, col } = where;
  const text = file === undefined ? undefined : sources[file];
  if (!output.terminal.stdout || text === undefined || line === undefined || col === undefined) return [];
  const source = text.split(/\r?\n/, line)[line - 1] ?? '';
  const width = Math.max(20, output.terminal.columns - 8);
  const start = Math.max(0, Math.min(col - 1 - width / 2, source.length - width)) | 0;
  const shown = source.slice(start, start + width).replace(/[^\P{C}]/gu, ' ');
  return [
    `    ${shown.replaceAll('\t', ' ')}`,
    `    ${' '.repeat(col - 1 - start)}${output.paint(['bold', 'red'], '^')}`,
  ];
}

/** `2 errors, 1 warning`. */
export function countText(findings: readonly Finding[]): string {
  const count = (severity: Severity, word: string) => {
    const n = findings.filter((finding) => finding.severity === severity).length;
    return n === 0 ? [] : [`${n} ${word}${n === 1 ? '' : 's'}`];
  };
  return [...count('error', 'error'), ...count('warning', 'warning'), ...count('info', 'note')].join(', ');
}
