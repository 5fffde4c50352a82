import { planToUndo } from '../operate/plan-back.ts';
import type { VerbHandler } from './context.ts';
import { planAndDo } from './plan-and-do.ts';

/** Undoes the last applied plan on each host. */
export const run: VerbHandler = (context, _args, options) => planAndDo(context, 'undo', options, planToUndo);
