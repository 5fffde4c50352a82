import { HostError } from '../../src/host/host.ts';
import type { SimHost } from '../../src/sim/sim-host.ts';
import type { Answer } from '../ovs-real.ts';

/** The words of a line as a POSIX shell splits them, with single quotes only. */
export function words(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}

/** The simulated host's answer; an endless wait counts as a killed process. */
export async function simulated(host: SimHost, argv: readonly string[], stdin: string): Promise<Answer> {
  try {
    const ran = await host.run(argv, stdin === '' ? {} : { stdin });
    return { code: 0, ...ran };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const { kind, exitCode = kind === 'timeout' ? 142 : -1, stdout = '', stderr = '' } = error.details;
    return { code: exitCode, stdout, stderr };
  }
}

const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Removes what may differ: UUIDs, random MACs, times, log folders, and the order of rows, which the database lacks. */
export function plain(argv: readonly string[], answer: Answer): Answer {
  const tidy = (text: string) =>
    text
      .replace(uuid, 'UUID')
      .replace(/0000[0-9a-f]{12}/g, 'DPID')
      .replace(/([0-9a-f]{2}:){5}[0-9a-f]{2}(?=["\n])/g, 'MAC')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z\|\d+\|/g, 'TIME|')
      .replace(/default log directory is ".*"/g, 'default log directory is "LOG"')
      .replace(/duration=[\d.]+s/g, 'duration=Ns')
      .replace(/idle_age=\d+, /g, '');
  const unordered = argv.some((word) => /^(list|find|show|dump-flows)$/.test(word));
  const stdout = unordered ? tidy(answer.stdout).split('\n').sort().join('\n') : tidy(answer.stdout);
  const stderr = tidy(answer.stderr);
  const isJson = argv.some((word) => word.endsWith('json'));
  return { code: answer.code, stdout: isJson ? JSON.stringify([...stdout].sort()) : stdout, stderr };
}
