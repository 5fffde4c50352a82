import type { Finding } from './finding.ts';
import type { Change } from './plan.ts';

/** A probe whose answer was not the one required. */
export interface Unmet {
  readonly wanted: string;
  /** What was seen instead, or why it could not be seen. */
  readonly saw: string;
}

/**
 * Why a step stopped.
 * - `guard`: what had to hold before it did not; `lookup`: a name was not found; `action`: a command or a write failed;
 * - `settle`: all of it was done, but the required effect did not follow in time;
 * - `arm`: the way back could not be armed; `journal`: what was done could not be written down.
 */
export type FailureKind = 'guard' | 'lookup' | 'action' | 'settle' | 'arm' | 'journal';

/** A line of the kernel's log, and what it means, if that is known. */
export interface KernelSaid {
  readonly line: string;
  readonly means?: string;
  /** Its explanation in the catalogue. */
  readonly code?: string;
}

export interface StepFailure {
  /** The step's place in the plan, from 0. */
  readonly n: number;
  readonly why: string;
  readonly resource: string;
  readonly at: string;
  readonly kind: FailureKind;
  /** The reason first, then what was tried, then what it said. */
  readonly message: string;
  readonly hint: string;
  readonly unmet: readonly Unmet[];
  /** `none`: it stopped before anything of this step was tried. */
  readonly effect: 'none' | 'unknown';
  /** What the kernel logged meanwhile; absent where it said nothing, or its log could not be read. */
  readonly kernel?: readonly KernelSaid[];
}

/** An undo that did not work; the look that follows says whether anything remains. */
export interface UndoFailure {
  readonly n: number;
  readonly resource: string;
  readonly at: string;
  readonly messages: readonly string[];
}

/** What became of one host. The exit code each earns stands beside it. */
export type Outcome =
  /** 0. With `confirmBefore` (milliseconds since 1970) it is taken back then, unless confirmed. */
  | {
      readonly kind: 'applied';
      readonly planId: string;
      readonly stepsDone: number;
      readonly confirmBefore?: number;
    }
  /** 0. */
  | { readonly kind: 'nothing-to-do' }
  /** 1. What was done before the failure is still there, or nothing was done. */
  | {
      readonly kind: 'failed';
      readonly planId: string;
      readonly stepsDone: number;
      readonly failure: StepFailure;
    }
  /** 5 after a failure; 0 where the rollback is what was asked for (no `failure`). Verified: nothing remains. */
  | {
      readonly kind: 'rolled-back';
      readonly planId: string;
      readonly failure?: StepFailure;
      readonly undoFailures: readonly UndoFailure[];
    }
  /** 6. `residue`: `from` is what was there before, `to` what is there now. */
  | {
      readonly kind: 'rollback-incomplete';
      readonly planId: string;
      readonly failure?: StepFailure;
      readonly undoFailures: readonly UndoFailure[];
      readonly residue: readonly Change[];
      /** The host has restarted since, and the plan is closed. */
      readonly rebooted?: true;
    }
  /** 7. The host has moved on since the plan was made. */
  | { readonly kind: 'stale'; readonly message: string; readonly hint: string }
  /** 7. Somebody else is writing. */
  | { readonly kind: 'locked'; readonly message: string; readonly hint: string }
  /** 4. Preconditions are not met. */
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] }
  /** 1. The host answered, but something there makes it impossible to go on: a damaged journal, a missing tool. */
  | { readonly kind: 'error'; readonly message: string; readonly hint: string; readonly code?: 'VF4003' }
  /** 8. */
  | { readonly kind: 'unreachable'; readonly message: string; readonly hint: string }
  /** 1. Stopped on request between two operations; `resume` or `rollback` goes on from there. */
  | { readonly kind: 'interrupted'; readonly planId: string; readonly stepsDone: number };
