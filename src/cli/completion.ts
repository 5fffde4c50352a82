import { scriptFor } from './completion-scripts.ts';
import type { VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import type { Verb, VerbOption } from './verb.ts';

/** Given the verbs, because their list names this one. */
export function completionOf(
  verbs: readonly Verb[],
  everywhere: readonly VerbOption[],
): { readonly run: VerbHandler } {
  return {
    run: async ({ output }, [shell = '']) => {
      const script = scriptFor(shell, verbs, everywhere);
      output.text(script);
      output.json('vflane.completion/1', { shell, script });
      return exitCodes.asAsked;
    },
  };
}
