/** What a probe of vflane's own has while it runs in a guest. */
export interface ProbeWorld {
  /** A line for whoever asked. */
  say(line: string): void;
  /** Aborted once it is to end: nobody asks any more, or its time is over. */
  readonly signal: AbortSignal;
}

/** A probe, told what it is to do → its exit code. @throws where it was told nonsense, or cannot do it */
export type Probe = (spec: unknown, world: ProbeWorld) => Promise<number>;
