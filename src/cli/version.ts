import type { VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { versionText } from './version-text.ts';

export const run: VerbHandler = async ({ output }) => {
  output.result(versionText);
  output.json('vflane.version/1', { version: versionText, node: process.versions.node });
  return exitCodes.asAsked;
};
