import { type HostRecord, labFiles } from './folder.ts';
import { stopMachine } from './machine.ts';
import { processesNaming, stopOwn, stopPid } from './process.ts';

/** Ends every process of a lab; returns the names of the hosts that ran. */
export async function stopAll(dir: string, hosts: readonly HostRecord[]): Promise<readonly string[]> {
  const stopped = await Promise.all(
    hosts.map(async ({ name }) => ((await stopMachine(dir, name)) ? [name] : [])),
  );
  await stopOwn(dir, labFiles.switchPid, 2_000);
  // Processes that no record and no pidfile names any more.
  await Promise.all(strays(dir).map((pid) => stopPid(dir, pid, 2_000)));
  return stopped.flat();
}

/** Recognizes a QEMU by its pidfile argument, and the switches by their argument. */
function strays(dir: string): readonly number[] {
  return processesNaming(dir, (words) => {
    const after = (word: string) => words[words.indexOf(word) + 1] ?? '';
    const isQemu = words.includes('-pidfile') && after('-pidfile').startsWith(`${dir}/`);
    return isQemu || (words.includes('serve-switches') && after('serve-switches') === dir);
  });
}
