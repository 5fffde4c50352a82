import type { Finding } from '../model/finding.ts';
import type { PerHost } from '../operate/hosts.ts';
import { outcomeFindings } from './outcome-findings.ts';

/** Why hosts could not be asked. */
export function findingsOf(asked: readonly PerHost<unknown>[]): readonly Finding[] {
  return asked.flatMap(({ host, trouble }) => (trouble ? outcomeFindings(host, trouble) : []));
}
