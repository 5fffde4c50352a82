import { planToUndo } from '../operate/plan-back.ts';
import type { VerbHandler } from './context.ts';
import { planAndDo } from './plan-and-do.ts';

/** Undoes the plan that was applied last, on each host. */
export const run: VerbHandler = (context, _args, options) => planAndDo(context, 'undo', options, planToUndo);
