/** Expected trouble: a value, returned in lists. */
export interface Finding {
  /** `VF1003`: its explanation stands in the catalogue. */
  readonly code: string;
  readonly severity: Severity;
  readonly where: Where;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What to do. */
  readonly hint: string;
}

/** `error` refuses a plan; `warning` is shown; `info` only explains. */
export type Severity = 'error' | 'warning' | 'info';

export interface Where {
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly col?: number;
  /** Key path in the file. */
  readonly path?: string;
  readonly host?: string;
  /** The place on the host, such as `vf-vlan 0000:03:00.0/3`. */
  readonly at?: string;
}

/** What was read, and what it said. */
export interface Evidence {
  /** A path, or a command line. */
  readonly read: string;
  readonly saw: string;
}

/** A finding of the doctor's, which has looked for itself. */
export interface Diagnosis extends Finding {
  readonly evidence: readonly Evidence[];
  /** What it costs the user. */
  readonly costs: string;
  /** Exact commands, in order; empty if no command helps. */
  readonly remedy: readonly string[];
  /** Where the rule comes from: `facts §1.2, mlx5 lag.c`. */
  readonly source: string;
  /** Codes of the findings that this one follows from. */
  readonly follows: readonly string[];
}

/** A kind of finding, explained once. */
export interface CatalogueEntry {
  readonly code: string;
  readonly severity: Severity;
  readonly title: string;
  /** Two to five sentences: what it means, why it matters, what to do, with the source. */
  readonly explanation: string;
}
