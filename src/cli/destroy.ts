import { planToDestroy } from '../operate/plan-back.ts';
import type { VerbHandler } from './context.ts';
import { planAndDo } from './plan-and-do.ts';

/** Removes everything of vflane's: each thing is restored to what it was before vflane first touched it. */
export const run: VerbHandler = (context, _args, options) =>
  planAndDo(context, 'destroy', options, planToDestroy);
