/** What systemd holds in memory, and its journal; plain JSON as all of the host's state. */
export interface Systemd {
  /** Units that are loaded, by name. */
  units: { [name: string]: Unit };
  jobs: Job[];
  nextJob: number;
  /** Programs of units that the simulated host does not know itself, and that have not ended. */
  foreign: Foreign[];
  nextForeign: number;
  /** It outlives a reboot, as on Debian. */
  journal: JournalEntry[];
}

export type Active = 'inactive' | 'activating' | 'active' | 'deactivating' | 'failed';

export interface Unit {
  name: string;
  load: 'loaded' | 'not-found' | 'masked' | 'bad-setting';
  /** The unit file, '' where there is none; it and the drop-ins as they were read. */
  fragment: string;
  dropIns: string[];
  /** Text by path, of files that can change. */
  files: { [path: string]: string };
  /** What is linked below NAME.wants and NAME.requires. */
  wants: string[];
  requires: string[];
  active: Active;
  sub: string;
  result: string;
  /** Where a service is in its commands. */
  stage?: { list: CommandList; at: number };
  /** The program that goes on: a process, 0 for none. */
  mainPid: number;
  /** A program the host does not know, that runs now. */
  foreign?: number;
  execCode: 'none' | 'exited' | 'killed';
  execStatus: number;
  restarts: number;
  /** Times of the last starts, for the limit. */
  startsMs: number[];
  restartAtMs?: number;
  conditionMet: boolean;
  /** Times of the host's clock, 0 for never. */
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
  /** Of a `.device` that is waited for. */
  deadlineMs?: number;
  /** Nobody cares for its end any more. */
  forgotten?: boolean;
}

export interface Foreign {
  id: number;
  unit: string;
  argv: string[];
  env: { [name: string]: string };
  /** The process of the operating system below that plays it, 0 for none yet. */
  takenBy: number;
}

export interface JournalEntry {
  /** Milliseconds of the host's clock. */
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
