/** A program that goes on for a while and says lines as it goes. */
export interface ProgramRun {
  readonly argv: readonly string[];
  /** Programs that the argv starts by others, such as behind `ip netns exec`: looked for before anything is started. */
  readonly needs?: readonly string[];
  /** Written at the start; standard input then stays open until the program is to end. */
  readonly stdin?: string;
  /** After this it is ended. */
  readonly timeoutMs: number;
  /** Once aborted, the program is asked to end: what it still says is heard. */
  readonly signal?: AbortSignal;
  readonly onLine: (line: string) => void;
}

export interface ProgramEnd {
  /** 128 and the signal's number where a signal ended it. */
  readonly exitCode: number;
  readonly stderr: string;
  /** Why it was ended from here; absent where it ended by itself. */
  readonly cut?: 'deadline' | 'stopped' | 'too-much';
  readonly ms: number;
}

/** Starts a program on the host that it is made for, and resolves when it is over. @throws HostError, `missing` or `errno`, where it does not start */
export type RunProgram = (run: ProgramRun) => Promise<ProgramEnd>;
