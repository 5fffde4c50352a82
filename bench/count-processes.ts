import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

/** From now on, records the argv of every process that this one starts. */
export function countProcesses(): readonly string[] {
  const started: string[] = [];
  const noting =
    <Start extends (...words: never[]) => unknown>(start: Start) =>
    (...words: Parameters<Start>) => {
      const [program, argv] = words as unknown as [string, readonly string[]];
      started.push([program, ...argv].join(' '));
      return start(...words);
    };
  childProcess.spawn = noting(childProcess.spawn) as typeof childProcess.spawn;
  childProcess.spawnSync = noting(childProcess.spawnSync) as typeof childProcess.spawnSync;
  syncBuiltinESMExports();
  return started;
}
