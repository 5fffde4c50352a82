import { planToUndo } from '../operate/plan-host.ts';
import { goBack } from './backwards.ts';
import type { VerbHandler } from './context.ts';

/** Undoes the plan that was applied last, on each host. */
export const run: VerbHandler = (context, _args, options) => goBack(context, 'undo', options, planToUndo);
