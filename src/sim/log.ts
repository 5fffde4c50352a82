import type { SimState } from './state.ts';

export type Change =
  | { readonly run: readonly string[]; readonly stdin?: string }
  | { readonly write: string; readonly text: string };

export interface Outcome {
  readonly at: number;
  readonly error?: string;
  readonly fault?: string;
}

export function appendLog(state: SimState, change: Change, outcome: Outcome): void {
  const { at, ...rest } = outcome;
  state.log.push({ n: state.log.length + 1, at, ...change, ok: rest.error === undefined, ...rest });
}
