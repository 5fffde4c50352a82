import { explained, finding } from '../model/catalogue.ts';
import type { Diagnosis, Evidence, Finding, Severity } from '../model/finding.ts';
import type { HostState } from '../model/host-state.ts';
import type { Ledger } from '../model/ledger.ts';
import type { Survey } from '../model/survey.ts';
import type { Examined } from './rule.ts';

/** A host that the doctor has looked at, with a file or without. */
export interface Patient {
  readonly host: string;
  readonly state: HostState;
  readonly survey: Survey;
  /** What the file wants of it. */
  readonly wants?: Pick<Examined, 'fabric' | 'host' | 'spec'>;
  readonly ledger: Ledger;
}

/** One thing that can be wrong with a host, whether a file names it or not. */
export interface Ailment {
  readonly code: string;
  /** What the user loses by it. */
  readonly costs: string;
  readonly source: string;
  /** What the kernel and the tools print about it, verbatim as far as it is always the same. */
  readonly texts: readonly string[];
  /** Codes that may be the cause of this one. */
  readonly follows?: readonly string[];
  /** Empty: it was looked at and is not the case, or it could not be looked at, which is reported separately. */
  readonly find: (patient: Patient) => readonly Symptom[];
}

/** Where a host shows it. */
export interface Symptom {
  readonly at?: string;
  readonly message: string;
  /** If it differs here from the code's own. */
  readonly severity?: Severity;
  readonly evidence: readonly Evidence[];
  readonly remedy: readonly string[];
  /** What to do, if commands do not say it all. */
  readonly advice?: string;
}

export function diagnosed(ailment: Ailment, { host }: Pick<Patient, 'host'>, symptom: Symptom): Diagnosis {
  const { code, costs, source, follows = [] } = ailment;
  const { at, message, evidence, remedy, advice } = symptom;
  const where = { host, ...(at === undefined ? {} : { at }) };
  const hint = [advice, remedy.join('; ')].filter((part) => part !== undefined && part !== '').join(' ');
  const about = finding(code, where, `${host}: ${message}`, hint || `vflane explain ${code} says more.`);
  return { ...about, severity: symptom.severity ?? about.severity, evidence, costs, remedy, source, follows };
}

/** Its title in the catalogue. */
export function titleOf({ code }: Pick<Ailment, 'code'>): string {
  return explained(code)?.title ?? code;
}

export function isDiagnosis(finding: Finding): finding is Diagnosis {
  return 'evidence' in finding;
}
