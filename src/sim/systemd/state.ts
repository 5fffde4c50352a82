/** systemd's memory, and its journal; plain JSON like all of the host's state. */
export interface Systemd {
  /** Loaded units, by name. */
  units: { [name: string]: Unit };
  jobs: Job[];
  nextJob: number;
  /** Units' running programs that the simulated host itself does not know. */
  foreign: Foreign[];
  nextForeign: number;
  /** Survives a reboot, as on Debian. */
  journal: JournalEntry[];
}

export type Active = 'inactive' | 'activating' | 'active' | 'deactivating' | 'failed';

export interface Unit {
  name: string;
  load: 'loaded' | 'not-found' | 'masked' | 'bad-setting';
  /** The unit file, '' if there is none; it and the drop-ins as they were read. */
  fragment: string;
  dropIns: string[];
  /** Path → text, for files that can change. */
  files: { [path: string]: string };
  /** Units linked below NAME.wants and NAME.requires. */
  wants: string[];
  requires: string[];
  active: Active;
  sub: string;
  result: string;
  /** The command at which a service is. */
  stage?: { list: CommandList; at: number };
  /** Pid of the main process, 0 for none. */
  mainPid: number;
  /** The foreign program that runs now. */
  foreign?: number;
  execCode: 'none' | 'exited' | 'killed';
  execStatus: number;
  restarts: number;
  /** Times of the last starts, for the start limit. */
  startsMs: number[];
  restartAtMs?: number;
  conditionMet: boolean;
  /** Times on the host's clock, 0 for never. */
  changedMs: number;
  activeEnterMs: number;
  activeExitMs: number;
  inactiveEnterMs: number;
}

export type CommandList =
  | 'ExecCondition'
  | 'ExecStartPre'
  | 'ExecStart'
  | 'ExecStartPost'
  | 'ExecReload'
  | 'ExecStop'
  | 'ExecStopPost';

export type JobType = 'start' | 'stop' | 'restart' | 'try-restart' | 'reload';
export type JobResult = 'done' | 'failed' | 'dependency' | 'canceled' | 'timeout' | 'assert' | 'skipped';

export interface Job {
  id: number;
  unit: string;
  type: JobType;
  state: 'waiting' | 'running' | JobResult;
  /** For a `.device` that is awaited. */
  deadlineMs?: number;
  /** Its end no longer matters. */
  forgotten?: boolean;
}

export interface Foreign {
  id: number;
  unit: string;
  argv: string[];
  env: { [name: string]: string };
  /** Pid of the real process that plays it, 0 for none yet. */
  takenBy: number;
}

export interface JournalEntry {
  /** Milliseconds on the host's clock. */
  at: number;
  boot: string;
  unit: string;
  by: string;
  pid: number;
  priority: number;
  text: string;
}

export function newSystemd(journal: JournalEntry[] = []): Systemd {
  return { units: {}, jobs: [], nextJob: 1, foreign: [], nextForeign: 1, journal };
}
