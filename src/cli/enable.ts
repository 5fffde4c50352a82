import { planFromFile } from '../operate/plan-host.ts';
import type { VerbHandler } from './context.ts';
import { planAndDo } from './plan-and-do.ts';

/** Brings each host to the file, and makes it bring itself back at every start. */
export const run: VerbHandler = (context, _args, options) =>
  planAndDo(context, 'enable', options, (site, host, planning, fabric) =>
    planFromFile(site, fabric, host, { ...planning, boot: true }),
  );
