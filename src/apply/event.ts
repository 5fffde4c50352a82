import type { StepFailure, UndoFailure, Unmet } from '../model/outcome.ts';

/** A step, for whoever shows it. */
interface AboutStep {
  /** From 0. */
  readonly n: number;
  readonly of: number;
  readonly why: string;
  readonly resource: string;
  readonly at: string;
}

export interface Shown {
  readonly what: string;
  readonly saw: string;
}

/** What happens while a plan is walked: plain data that crosses the line to whoever watches. */
export type ApplyEvent =
  | {
      readonly kind: 'plan-start';
      readonly planId: string;
      readonly host: string;
      readonly verb: string;
      readonly of: number;
    }
  | { readonly kind: 'armed'; readonly deadline: number }
  | ({ readonly kind: 'step-start' } & AboutStep)
  /** A successful command wrote to stderr, or the undo before a second attempt failed. */
  | { readonly kind: 'warning'; readonly n: number; readonly message: string }
  /** After a second of waiting, and again every five. */
  | {
      readonly kind: 'settle-waiting';
      readonly n: number;
      readonly waitedMs: number;
      readonly unmet: readonly Unmet[];
    }
  | {
      readonly kind: 'step-done';
      readonly n: number;
      readonly ms: number;
      /** It turned out to be done already: an interrupted plan goes on. */
      readonly found: boolean;
      readonly shown: readonly Shown[];
    }
  | { readonly kind: 'failed'; readonly failure: StepFailure }
  | ({ readonly kind: 'undo-start' } & AboutStep)
  | { readonly kind: 'undo-done'; readonly n: number; readonly ms: number }
  | { readonly kind: 'undo-failed'; readonly failure: UndoFailure };

export type OnEvent = (event: ApplyEvent) => void;
