import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { Place } from './place.ts';

/** 16 MiB: a thousand hosts with every VF in use need half of it. */
export const longestText = 16 * 1024 * 1024;

const byteOrderMark = '\ufeff';
// What YAML 1.2 (5.1) does not allow in a text, and the marks that make a line look different from what it says (CVE-2021-42574).
const forbidden =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;
const mostMarks = 20;

/** What is wrong with the text before it is read as YAML. */
export function textFindings(
  text: string,
  file: string,
  placeOf: (offset: number) => Place,
): readonly Finding[] {
  const where = (offset: number) => ({ file, ...placeOf(offset) });
  if (text.length > longestText) {
    const size = `${Math.ceil(text.length / 2 ** 20)} MiB`;
    return [finding('VF1001', where(0), `the file has ${size}`, 'split the fabric; a file may have 16 MiB')];
  }
  const found: Finding[] = [];
  if (text.startsWith(byteOrderMark)) {
    found.push(
      finding('VF1005', where(0), 'the file begins with a byte order mark', 'save it as UTF-8 without BOM'),
    );
  }
  const undecoded = text.indexOf('\ufffd');
  if (undecoded >= 0) {
    const message = 'here are bytes that are not UTF-8, or their replacement character U+FFFD';
    found.push(finding('VF1001', where(undecoded), message, 'save the file as UTF-8'));
  }
  for (const mark of [...text.matchAll(forbidden)].slice(0, mostMarks)) {
    const code = (mark[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    found.push(finding('VF1001', where(mark.index), `here is the control character U+${code}`, 'delete it'));
  }
  return found;
}
