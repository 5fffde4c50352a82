import type { Clock } from '../apply/clock.ts';
import type { OnEvent } from '../apply/event.ts';
import type { Host } from '../host/host.ts';
import type { RunProgram } from '../host/program.ts';
import type { Store } from '../host/store.ts';

/** What a host carries requests out with. */
export interface Workshop {
  readonly host: Host;
  readonly store: Store;
  readonly clock?: Clock;
  /** How vflane is started on that host, for the timer that takes an unconfirmed plan back. */
  readonly self: readonly string[];
  /** Starts what measures; absent where nothing would be measured, because nothing is carried. */
  readonly programs?: RunProgram;
  readonly signal?: AbortSignal;
}

/** The same, with a clock for certain and somebody who is told what happens. */
export interface Bench extends Workshop {
  readonly clock: Clock;
  readonly onEvent: OnEvent;
}
