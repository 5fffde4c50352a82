import { readFold } from '../apply/fold.ts';
import { fileStore } from '../host/file-store.ts';
import type { VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { hostStateDir } from './this-host.ts';

/** Whether anything of vflane's is on this machine, for whoever is about to remove the program: exits with 0 if nothing, 2 if something. */
export const run: VerbHandler = async ({ env, output }) => {
  const { ledger, open, unconfirmed } = await readFold(fileStore(hostStateDir(env)));
  const kinds = new Map<string, number>();
  for (const { resource } of ledger.entries.values()) kinds.set(resource, (kinds.get(resource) ?? 0) + 1);
  for (const [resource, count] of kinds) output.result(`${resource} ${count}`);
  const waits = open !== undefined || unconfirmed !== undefined;
  if (waits) output.result('a plan that is not finished');
  output.json('vflane.held/1', { resources: Object.fromEntries(kinds), waits });
  return kinds.size > 0 || waits ? exitCodes.differs : exitCodes.asAsked;
};
