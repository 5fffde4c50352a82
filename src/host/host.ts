/** Deadline of a command or a file operation that does not set one, in milliseconds. */
export const defaultTimeoutMs = 30_000;

/** The output of a command that exited 0. A warning on stderr is not an error: `ip` prints LAG refusals so (facts §1.2). */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
}

export interface OpenFile {
  readonly path: string;
  readonly pid: number;
  readonly command: string;
}

/** A host that can be looked at. It has no way to write: code that only plans gets this. */
export interface HostReader {
  /** For messages. */
  readonly name: string;
  /** @throws HostError, `errno` ENOENT if there is no such file. */
  readFile(path: string): Promise<string>;
  /** The target as the symbolic link has it. */
  readLink(path: string): Promise<string>;
  /** Names, sorted. */
  listDir(path: string): Promise<readonly string[]>;
  /** Runs a command that only reads; any that is not known to is refused. */
  query(argv: readonly string[], timeoutMs?: number): Promise<Ran>;
  /** Processes that have a file below this folder open. */
  openFiles(folder: string): Promise<readonly OpenFile[]>;
  /**
   * Sends lines to a unix socket of QEMU (QMP, or a guest agent's), each once the one before has been answered, and
   * returns every line that came. Commands that do not only read are refused. Absent if no socket can be reached.
   * @throws HostError: `timeout` if nothing answers, `errno` ENOENT if there is no such socket
   */
  ask?(socket: string, lines: readonly string[], timeoutMs?: number): Promise<readonly string[]>;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly timeoutMs?: number;
}

/** A host that can be changed. */
export interface Host extends HostReader {
  /** @throws HostError if the exit code is not 0, the program is missing, or the deadline passes. */
  run(argv: readonly string[], options?: RunOptions): Promise<Ran>;
  /** One write to a kernel attribute, or a whole file replaced at once (temporary file, rename). */
  writeFile(path: string, text: string): Promise<void>;
  /** Starts the process that the first write to a kernel attribute would have to wait for. */
  prepare?(): void;
}

/**
 * - `exit`: the command ran and failed; `errno`: a file operation failed; `missing`: no such program;
 * - `timeout`: no answer within the deadline; `refused`: not a command that only reads; `lost`: the host cannot be reached.
 */
export type HostErrorKind = 'exit' | 'errno' | 'missing' | 'timeout' | 'refused' | 'lost';

export interface HostErrorDetails {
  readonly kind: HostErrorKind;
  readonly host: string;
  /** What was tried: an argv, or the words of `read PATH`, `write PATH`, …. */
  readonly argv: readonly string[];
  readonly exitCode?: number;
  readonly errno?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** A failed operation on a host. The message: the reason, what was tried, what it printed. */
export class HostError extends Error {
  override readonly name = 'HostError';
  readonly details: HostErrorDetails;

  constructor(details: HostErrorDetails, cause?: unknown) {
    super(describe(details), cause === undefined ? undefined : { cause });
    this.details = details;
  }
}

const reasons: { readonly [kind in HostErrorKind]: (d: HostErrorDetails) => string } = {
  exit: (d) => (d.exitCode === 0 ? 'not done, with exit code 0' : `exit code ${d.exitCode}`),
  errno: (d) => d.errno ?? 'failed',
  missing: () => 'no such program',
  timeout: () => 'no answer within the deadline',
  refused: () => 'not a command that only reads',
  lost: () => 'the host cannot be reached',
};

function describe(details: HostErrorDetails): string {
  const said = wordsOf(details)
    .trim()
    .replace(/\s*\n\s*/g, '; ');
  return `${details.host}: ${reasons[details.kind](details)}: ${inBrief(details.argv)}${said ? `: ${said}` : ''}`;
}

/** The firmware tools print what went wrong on stdout (mstflint, flint/subcommands.cpp, reportErr). */
function wordsOf({ stderr = '', stdout = '' }: HostErrorDetails): string {
  if (stderr.trim() !== '') return stderr;
  // The message may go on over more lines (mlxfwops/lib/fs4_ops.cpp, "\\nNo valid FS4 image found").
  return /^.*-E-[\s\S]*/m.exec(stdout)?.[0] ?? '';
}

const longestCommand = 240;

/** A transaction of 254 ports is pages of words, and would bury the reason; the plan shows it whole. */
function inBrief(argv: readonly string[]): string {
  const words = argv.join(' ');
  if (words.length <= longestCommand) return words;
  return `${words.slice(0, longestCommand)} … (${argv.length} words)`;
}
