import type { SimState } from './state.ts';

/** Milliseconds since 1970 on the host. */
export function nowMs(state: SimState): number {
  return state.clock.kind === 'own' ? state.clock.nowMs : Date.now() + state.clock.offsetMs;
}

/** Moves the host's clock on without waiting. */
export function advance(state: SimState, ms: number): void {
  if (state.clock.kind === 'own') state.clock.nowMs += ms;
  else state.clock.offsetMs += ms;
}
