/** A long-running program that prints lines as it goes. */
export interface ProgramRun {
  readonly argv: readonly string[];
  /** Programs that the argv starts indirectly, such as behind `ip netns exec`: checked before anything is started. */
  readonly needs?: readonly string[];
  /** Written at the start; stdin then stays open until the program is to end. */
  readonly stdin?: string;
  /** It is ended after this. */
  readonly timeoutMs: number;
  /** Once aborted, the program is asked to end; what it still prints is read. */
  readonly signal?: AbortSignal;
  readonly onLine: (line: string) => void;
}

export interface ProgramEnd {
  /** 128 plus the signal's number if a signal ended it. */
  readonly exitCode: number;
  readonly stderr: string;
  /** Why we ended it; absent if it ended by itself. */
  readonly cut?: 'deadline' | 'stopped' | 'too-much';
  readonly ms: number;
}

/** Runs a program on its host to its end. @throws HostError, `missing` or `errno`, if it does not start */
export type RunProgram = (run: ProgramRun) => Promise<ProgramEnd>;
