import { scriptFor } from './completion-scripts.ts';
import type { VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';

export const run: VerbHandler = async ({ output }, [shell = '']) => {
  const script = scriptFor(shell);
  output.result(script);
  output.json('vflane.completion/1', { shell, script });
  return exitCodes.asAsked;
};
