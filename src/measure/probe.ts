/** What one of vflane's own probes has while it runs in a guest. */
export interface ProbeWorld {
  /** A line for whoever asked. */
  say(line: string): void;
  /** Aborted once it is to end: the caller is gone, or its time is over. */
  readonly signal: AbortSignal;
}

/** A probe: its arguments → its exit code. @throws if they are nonsense, or it cannot do its work */
export type Probe = (spec: unknown, world: ProbeWorld) => Promise<number>;
