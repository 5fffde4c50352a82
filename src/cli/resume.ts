import { carryOutAll } from './carry-out-all.ts';
import type { VerbHandler } from './context.ts';
import { withFleet } from './fleet.ts';

/** Continues an interrupted plan. */
export const run: VerbHandler = (context) =>
  withFleet(context, 'vflane.resume/1', (fleet) =>
    carryOutAll(context, fleet, 'resume', () => ({ do: 'resume' })),
  );
