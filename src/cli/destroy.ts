import { planToDestroy } from '../operate/plan-host.ts';
import { goBack } from './backwards.ts';
import type { VerbHandler } from './context.ts';

/** Takes everything of vflane's away: each thing as it was before vflane first touched it. */
export const run: VerbHandler = (context, _args, options) =>
  goBack(context, 'destroy', options, planToDestroy);
