import { endOf } from '../../src/cli/ending.ts';
import { runProgram } from '../../src/cli/program.ts';

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, which saves starting one; a command that kills its process needs its own. */
export async function vflaneHere(
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const said = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      said[name] += text;
    },
  });
  const around = { env, cwd, stdout: sink('stdout'), stderr: sink('stderr') };
  const code = await runProgram(argv, around).catch((error: unknown) => {
    const end = endOf(error, false);
    said.stderr += end.text;
    return end.code;
  });
  return { code, ...said };
}
