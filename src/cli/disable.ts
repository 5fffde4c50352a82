import { planToDisable } from '../operate/plan-back.ts';
import type { VerbHandler } from './context.ts';
import { planAndDo } from './plan-and-do.ts';

/** Removes what brings each host back after a reboot; everything else stays. */
export const run: VerbHandler = (context, _args, options) =>
  planAndDo(context, 'disable', options, planToDisable);
